import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import type { Item, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** Readers of one process that miss together share one load. */
export const singleFlight: ReadStrategyDefinition = {
  kind: 'read',
  name: 'single-flight',
  idea: 'Requests of one process that miss the same key share one load.',
  source: 'golang.org/x/sync/singleflight; groupcache (Fitzpatrick, 2013)',
  weakness:
    'Knows only its own process: P processes make P loads. One slow load delays everyone who joined it.',
  parameters: {},
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    // Requests that come one after the other share nothing.
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context) {
    const flights = new Flights<Item | null>();
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return { item: await flights.share(key, () => fillEntry(context, key)), outcome: 'miss' };
      },
    };
  },
};
