import { cacheAsideReader, preloadEntries } from '../fill.ts';
import { everyMissLoads } from '../loads-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** Plain cache-aside reads: the baseline that every mitigation is held against. */
export const none: ReadStrategyDefinition = {
  kind: 'read',
  name: 'none',
  idea: 'Read the cache; on a miss read the database and fill the cache. Nothing else.',
  source: 'Cache-Aside pattern, Microsoft Azure Architecture Center',
  weakness: 'Every request that arrives between an expiry and the refill queries the database.',
  parameters: {},
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, everyReaderLoads),
    ...everyMissLoads(input),
    ...loadsPerMissing(input, () => ({ value: 1, low: 1, formula: '1' })),
    predictPhysicalAge(input),
  ],
  create: (context) => ({
    preload: (items) => preloadEntries(context, items),
    get: cacheAsideReader(context),
  }),
};
