import { refreshEntry } from '../cache-steps.ts';
import { storeItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Update the database, then set the cache entry to the new value.
 *
 *     A   commit v2 ...................... set v2     stale until its time to live
 *     B              commit v3   set v3
 *
 * A set that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const doubleWriteDbFirst: WriteStrategyDefinition = {
  kind: 'write',
  name: 'double-write-db-first',
  idea: 'Commit the update, then write the new value into the cache, so that the next reader hits.',
  source: 'Common study notes on 雙寫 (先更新資料庫, 再更新緩存)',
  weakness:
    'Two writers that set in another order than they committed in leave the older value, as does a reader with a late set, until its time to live.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      const item = await storeItem(context, key, value);
      await refreshEntry(context, item);
      return item.version;
    },
  }),
};
