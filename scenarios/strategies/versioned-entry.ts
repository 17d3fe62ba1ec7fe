/**
 * Cache entries that never go back to an older version, however late whoever sets them comes.
 *
 *     reader   load v1 ............................ set v1: refused
 *     writer             commit v2   bury v2
 *
 * A tombstone stands where an entry was deleted, and remembers the version; a plain DEL would forget it, and the
 * late reader above would win. It is kept for longer than a load may take, and then it is gone, too.
 *
 * Entry and tombstone are JSON with the version in front, where a script finds it without parsing the value. Whoever
 * knows only plain entries reads these, and takes a tombstone for a miss. What is not one of ours has no version, and
 * is overwritten.
 */
import type { CacheAccess } from './cache-steps.ts';
import { allOf, loadItem, readEntry } from './fill.ts';
import { isRefused } from './refused.ts';
import type { Item, Parameter, ReadStrategy, StrategyContext } from './strategy.ts';

export const tombstoneParameters = {
  tombstoneMs: {
    unit: 'ms',
    default: 10_000,
    min: 1,
    max: 86_400_000,
    description:
      'How long a deleted entry’s version is remembered. Shorter than the slowest load: its reader sets an old value.',
  },
} as const satisfies Record<string, Parameter>;

const HELD = `
local held = redis.call('get', KEYS[1])
local version = held and tonumber(string.match(held, '^{"version":(%d+)'))
local given = tonumber(ARGV[1])`;

/** KEYS: entry. ARGV: version, entry, its milliseconds. Over a tombstone of the same version, too: it was dug for it. */
const SET_IF_NEWER = `${HELD}
if version and version > given then return 0 end
if version == given and not string.match(held, '^{"version":%d+,"buried"') then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: entry. ARGV: version, tombstone, its milliseconds. An entry of that very version may stay. */
const BURY_IF_OLDER = `${HELD}
if version and version >= given then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/**
 * Sets the entry, unless a version as new or newer is held already: then it is left untouched, its time to live too.
 *
 * @param item With the version that the database assigned; 0 is older than all.
 * @param ttlMs @default the scenario's
 * @returns Whether it was set.
 */
export async function setIfNewer(cache: CacheAccess, item: Item, ttlMs = cache.ttlMs): Promise<boolean> {
  await cache.barrier('beforeCacheSet', item.id);
  const key = cache.entryKey(item.id);
  const set = await cache.redis.eval(SET_IF_NEWER, 1, key, ...settingOf(item, ttlMs));
  await cache.barrier('afterCacheSet', item.id);
  return set === 1;
}

/**
 * Puts a tombstone where an older version, or nothing, is held: nobody sets an older one while it stands.
 *
 * @param version That the database assigned to the write.
 * @returns Whether it was put.
 */
export async function buryIfOlder(
  cache: CacheAccess,
  key: string,
  version: number,
  tombstoneMs: number,
): Promise<boolean> {
  await cache.barrier('beforeCacheDelete', key);
  const tombstone = JSON.stringify({ version, buried: true });
  const put = await cache.redis.eval(
    BURY_IF_OLDER,
    1,
    cache.entryKey(key),
    version,
    tombstone,
    Math.ceil(tombstoneMs),
  );
  await cache.barrier('afterCacheDelete', key);
  return put === 1;
}

/** Cache-aside reads that fill by compare-and-set: the reader beside whoever writes with versions. */
export function versionedReader(context: StrategyContext): ReadStrategy {
  return {
    async preload(items) {
      const pipeline = context.redis.pipeline();
      for (const item of items)
        pipeline.eval(SET_IF_NEWER, 1, context.entryKey(item.id), ...settingOf(item, context.ttlMs));
      await allOf(pipeline, isRefused);
    },
    async get(key) {
      const cached = await readEntry(context, key);
      if (cached !== null) return { item: cached, outcome: 'hit' };
      await context.barrier('afterCacheMiss', key);
      const item = await loadItem(context, key);
      if (item !== null) await fillIfNewer(context, item);
      return { item, outcome: 'miss' };
    },
  };
}

/** That the cache has no room for it fails no read. */
async function fillIfNewer(context: StrategyContext, item: Item): Promise<void> {
  try {
    await setIfNewer(context, item);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}

function settingOf({ id, value, version, loadedAtMs }: Item, ttlMs: number): [number, string, number] {
  return [version, JSON.stringify({ version, id, value, loadedAtMs }), Math.ceil(ttlMs)];
}
