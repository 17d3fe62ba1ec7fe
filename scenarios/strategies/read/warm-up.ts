import { CacheWarmer, type WarmerParameter, warmerParameters } from '../cache-warmer.ts';
import { cacheAsideReader } from '../fill.ts';
import { noLoadWithoutMiss, warmingQueries } from '../loads-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** Cache-aside that does not open its doors before the cache is full. */
export const warmUp: ReadStrategyDefinition<WarmerParameter> = {
  kind: 'read',
  name: 'warm-up',
  idea: 'Before the first request one of the processes loads all rows into the cache, many rows a query.',
  source: 'Cold cluster warmup, in Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 4.3',
  weakness:
    'Helps a cold start only: not a flush in the middle of the day, and what it filled together expires together. Fits a cache that holds all rows, and a database that reads many as cheaply as one, as the modelled one does.',
  parameters: warmerParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, everyReaderLoads),
    ...loadsPerMissing(input, () => ({ value: 1, low: 1, formula: '1' })),
    ...noLoadWithoutMiss(input, warmingQueries(input)),
    predictPhysicalAge(input),
  ],
  create(context, parameters) {
    const warmer = new CacheWarmer(context, parameters);
    return {
      // A cold start is better than none.
      start: () => warmer.warm().catch(context.onBackgroundError),
      preload: (items) => warmer.preload(items),
      get: cacheAsideReader(context),
    };
  },
};
