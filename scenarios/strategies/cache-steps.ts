/** What writers and relays do to a cache entry, with the barriers around it; every error is thrown. */
import { encodeEntry } from './entry.ts';
import type { Item, StrategyContext } from './strategy.ts';

/** The part of a context that these need; a relay's has it too. */
export type CacheAccess = Pick<StrategyContext, 'redis' | 'ttlMs' | 'entryKey' | 'barrier'>;

/** Deletes the entry, whatever it holds. */
export async function deleteEntry(cache: CacheAccess, key: string): Promise<void> {
  await cache.barrier('beforeCacheDelete', key);
  await cache.redis.del(cache.entryKey(key));
  await cache.barrier('afterCacheDelete', key);
}

/** Overwrites the entry, whatever it holds. A cache that has no room for it is an error: the old one stays. */
export async function refreshEntry(cache: CacheAccess, item: Item): Promise<void> {
  await cache.barrier('beforeCacheSet', item.id);
  await cache.redis.set(cache.entryKey(item.id), encodeEntry(item), 'PX', Math.ceil(cache.ttlMs));
  await cache.barrier('afterCacheSet', item.id);
}
