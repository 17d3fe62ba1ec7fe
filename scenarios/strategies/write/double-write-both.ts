import { refreshEntry } from '../cache-steps.ts';
import { storeItem, unversionedItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Set the cache entry and update the database at the same time, and acknowledge when both are done.
 *
 * As `Promise.all` has it, the first failure of the two reaches the client while the other goes on: the row may be
 * committed and the entry old, or the entry new and the row not.
 */
export const doubleWriteBoth: WriteStrategyDefinition = {
  kind: 'write',
  name: 'double-write-both',
  idea: 'Write cache and database at the same time, to wait only for the slower of the two.',
  source: 'Common study notes on 雙寫',
  weakness:
    'Two writers reach cache and database in different orders as they please; either of the two writes may fail alone. What is wrong stays until its time to live.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      const [{ version }] = await Promise.all([
        storeItem(context, key, value),
        refreshEntry(context, unversionedItem(context, key, value)),
      ]);
      return version;
    },
  }),
};
