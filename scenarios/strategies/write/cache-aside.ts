import { deleteEntry } from '../cache-steps.ts';
import { storeItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Update the database, then delete the cache entry: what most services do.
 *
 * A delete that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const cacheAside: WriteStrategyDefinition = {
  kind: 'write',
  name: 'cache-aside',
  idea: 'Commit the update, then delete the cache entry; the next reader loads the new value.',
  source: 'Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 2',
  weakness:
    'A reader that loaded before the commit and sets after the delete leaves a stale entry until its time to live; so does a crash, or a refused delete, after the commit.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      const { version } = await storeItem(context, key, value);
      await deleteEntry(context, key);
      return version;
    },
  }),
};
