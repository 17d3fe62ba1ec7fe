import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { fillUnderLock, type LockParameter, lockParameters } from '../lock.ts';
import type { Item, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, lockedLoads, predictPhysicalAge, stallOfKilledHolder } from '../theory.ts';

/** The mutex, with one contender a process instead of one a reader: Redis sees P of them poll, not r d. */
export const mutexSingleFlight: ReadStrategyDefinition<LockParameter> = {
  kind: 'read',
  name: 'mutex+single-flight',
  idea: 'Readers of one process share an attempt; the attempts of all processes compete for one lock.',
  source: 'golang.org/x/sync/singleflight over the "patterns" of SET in the Redis documentation',
  weakness:
    'Everyone waits for the load, and for as long as the lock is held by a crashed process; one failed attempt fails all who share it.',
  parameters: lockParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => lockedLoads(input, input.parameters.lockMs)),
    ...stallOfKilledHolder(input, input.parameters.lockMs, input.parameters.pollMs),
    predictPhysicalAge(input),
  ],
  create(context, parameters) {
    const attempts = new Flights<Item | null>();
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const item = await attempts.share(key, () =>
          fillUnderLock(context, key, parameters, {
            read: () => readEntry(context, key),
            fill: () => fillEntry(context, key),
          }),
        );
        return { item, outcome: 'miss' };
      },
    };
  },
};
