import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** Plain cache-aside reads: the baseline that every mitigation is held against. */
export const none: ReadStrategyDefinition = {
  kind: 'read',
  name: 'none',
  idea: 'Read the cache; on a miss read the database and fill the cache. Nothing else.',
  source: 'Cache-Aside pattern, Microsoft Azure Architecture Center',
  weakness: 'Every request that arrives between an expiry and the refill queries the database.',
  parameters: {},
  expiry: 'physical',
  predict(input) {
    return [
      ...loadsPerExpiry(input, ({ ratePerSec, loadSec }) => ({
        value: 1 + ratePerSec * loadSec,
        low: ratePerSec * loadSec,
        formula: '1 + r d',
        tolerance: 'poisson',
      })),
      ...loadsPerMissing(input, () => ({ value: 1, low: 1, formula: '1' })),
      predictPhysicalAge(input),
    ];
  },
  create(context) {
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return { item: await fillEntry(context, key), outcome: 'miss' };
      },
    };
  },
};
