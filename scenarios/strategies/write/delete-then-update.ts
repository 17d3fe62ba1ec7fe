import { deleteEntry } from '../cache-steps.ts';
import { storeItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Delete the cache entry, then update the database.
 *
 *     writer   DEL ....................... commit v2
 *     reader        miss  load v1  set v1              stale until its time to live
 *
 * A delete that fails fails the write before the database has heard of it: nothing was written.
 */
export const deleteThenUpdate: WriteStrategyDefinition = {
  kind: 'write',
  name: 'delete-then-update',
  idea: 'Delete the cache entry, then commit the update, so that a failed delete can’t leave an old entry behind.',
  source: 'Common study notes on 雙寫 (先刪緩存, 再更新資料庫)',
  weakness:
    'Any read between the delete and the commit puts the old value back, and it stays until its time to live.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      await deleteEntry(context, key);
      return (await storeItem(context, key, value)).version;
    },
  }),
};
