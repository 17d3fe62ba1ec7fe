import { peakOfSpreadExpiries, predictJitteredAge } from '../avalanche-theory.ts';
import { loadItem, preloadEntries, readEntry, writeEntry } from '../fill.ts';
import { jitteredTtlMs, jitterParameters } from '../jitter.ts';
import { everyMissLoads } from '../loads-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry } from '../theory.ts';

/** Cache-aside whose entries do not all live equally long, so that what was filled together does not expire together. */
export const ttlJitter: ReadStrategyDefinition<'spread'> = {
  kind: 'read',
  name: 'ttl-jitter',
  idea: 'Draw each entry’s time to live from a window around T: N keys filled together expire over the window W, N/W a second.',
  source:
    'Synchronization of periodic routing messages (Floyd and Jacobson, SIGCOMM 1993); Timeouts, retries, and backoff with jitter (Brooker, Amazon Builders’ Library, 2019)',
  weakness:
    'Does nothing for a flush, a restart or a cold cache, and nothing for a single hot key. Entries live up to T + W/2.',
  parameters: jitterParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, everyReaderLoads),
    ...everyMissLoads(input),
    ...peakOfSpreadExpiries(input),
    predictJitteredAge(input),
  ],
  create(context, { spread }) {
    return {
      preload: (items) => preloadEntries(context, items, () => jitteredTtlMs(context, spread)),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const item = await loadItem(context, key);
        if (item !== null) await writeEntry(context, key, item, jitteredTtlMs(context, spread));
        return { item, outcome: 'miss' };
      },
    };
  },
};
