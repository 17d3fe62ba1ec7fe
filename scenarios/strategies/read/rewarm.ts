import { CacheWarmer, rewarmParameters } from '../cache-warmer.ts';
import { fillEntry, readEntry } from '../fill.ts';
import { noLoadWithoutMiss, warmingQueries } from '../loads-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** `warm-up` that notices when the cache is lost. */
export const rewarm: ReadStrategyDefinition<keyof typeof rewarmParameters> = {
  kind: 'read',
  name: 'rewarm',
  idea: 'Warm up before the first request, and again in the background whenever a reader misses and the key that says "warm" is gone too.',
  source:
    'Cold cluster warmup, in Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 4.3, without the warm cluster',
  weakness:
    'Its queries stand in the same line as those of the readers who miss: under overload it comes last. Fits a cache that holds all rows, and a database that reads many as cheaply as one, as the modelled one does.',
  parameters: rewarmParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, everyReaderLoads),
    ...loadsPerMissing(input, () => ({ value: 1, low: 1, formula: '1' })),
    ...noLoadWithoutMiss(input, warmingQueries(input)),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const warmer = new CacheWarmer(context, values);
    return {
      start: () => warmer.warm().catch(context.onBackgroundError),
      preload: (items) => warmer.preload(items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        void warmer.warmIfLost(values.recheckMs);
        return { item: await fillEntry(context, key), outcome: 'miss' };
      },
    };
  },
};
