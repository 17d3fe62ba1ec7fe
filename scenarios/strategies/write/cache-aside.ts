import type { WriteStrategyDefinition } from '../write-strategy.ts';

/** Update the database, then delete the cache entry: what most services do. */
export const cacheAside: WriteStrategyDefinition = {
  kind: 'write',
  name: 'cache-aside',
  idea: 'Commit the update, then delete the cache entry; the next reader loads the new value.',
  source: 'Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 2',
  weakness:
    'A reader that loaded before the commit and sets after the delete leaves a stale entry until its time to live.',
  parameters: {},
  create(context) {
    return {
      async put(key, value) {
        const version = await context.origin.store(key, value);
        await context.barrier('afterDbCommit', key);
        await context.barrier('beforeCacheDelete', key);
        await context.redis.del(context.entryKey(key));
        return version;
      },
    };
  },
};
