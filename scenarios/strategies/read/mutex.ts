import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { fillUnderLock, type LockParameter, lockParameters } from '../lock.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, lockedLoads, predictPhysicalAge, stallOfKilledHolder } from '../theory.ts';

/** Of all readers of all processes that miss, the one with the lock loads; the others poll the cache. */
export const mutex: ReadStrategyDefinition<LockParameter> = {
  kind: 'read',
  name: 'mutex',
  idea: 'Who misses tries SET NX on a lock key; the winner loads, the others look again until the entry is there.',
  source: 'Redis documentation of SET, "patterns"; the notes’ SETNX',
  weakness:
    'Everyone waits for the load. A crashed holder stalls the key for the lock time; a load longer than it is repeated.',
  parameters: lockParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => lockedLoads(input, input.parameters.lockMs)),
    ...stallOfKilledHolder(input, input.parameters.lockMs, input.parameters.pollMs),
    predictPhysicalAge(input),
  ],
  create(context, parameters) {
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const item = await fillUnderLock(context, key, parameters, {
          read: () => readEntry(context, key),
          fill: () => fillEntry(context, key),
        });
        return { item, outcome: 'miss' };
      },
    };
  },
};
