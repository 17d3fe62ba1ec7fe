import type { WriteStrategyDefinition } from 'cachestorm';

/**
 * A way to write of one's own: the new value goes into the cache only where an entry is, so that rows that nobody reads
 * take no room. Reads beside it are plain cache-aside. Only types are imported, so this file works from any folder.
 */
export default {
  kind: 'write',
  name: 'update-if-cached',
  idea: 'Commit the update, then overwrite the cache entry if there is one.',
  source: 'docs/examples/update-if-cached.ts',
  weakness: 'Two writers may overwrite the entry in another order than they committed; so may a late reader.',
  parameters: {},
  create({ redis, origin, clock, ttlMs, entryKey, barrier }) {
    return {
      async put(key, value) {
        const loadedAtMs = clock.wallMs();
        const version = await origin.store(key, value);
        // Where a test or a fault can stop it, to see what others do meanwhile.
        await barrier('afterDbCommit', key);
        const entry = JSON.stringify({ id: key, value, version, loadedAtMs });
        await redis.set(entryKey(key), entry, 'PX', ttlMs, 'XX');
        return version;
      },
    };
  },
} satisfies WriteStrategyDefinition;
