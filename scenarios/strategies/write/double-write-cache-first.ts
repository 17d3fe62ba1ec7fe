import { refreshEntry } from '../cache-steps.ts';
import { storeItem, unversionedItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Set the cache entry to the new value, then update the database.
 *
 * A set that fails fails the write before the database has heard of it. A database that fails afterwards leaves an
 * entry that was never committed: the client is told of the error, the readers are not.
 */
export const doubleWriteCacheFirst: WriteStrategyDefinition = {
  kind: 'write',
  name: 'double-write-cache-first',
  idea: 'Write the new value into the cache, then commit the update.',
  source: 'Common study notes on 雙寫 (先更新緩存, 再更新資料庫)',
  weakness:
    'Readers see a value before it is committed, and until its time to live if it never is; two writers in opposite orders leave the older value.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      await refreshEntry(context, unversionedItem(context, key, value));
      return (await storeItem(context, key, value)).version;
    },
  }),
};
