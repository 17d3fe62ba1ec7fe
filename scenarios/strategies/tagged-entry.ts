/**
 * Cache entries that are tagged as deleted instead of deleted: a hash of the value, and of who loads a new one.
 *
 *     value         the entry
 *     lockedUntil   there while the value is not to be trusted: 0 once tagged, else when the loader's lock runs out
 *     owner         the loader that may set the value
 *
 * A tag takes the ownership away, so what a reader loaded before it is refused. Lock times are of the asking
 * process's wall clock: one that is ahead takes over a lock that still holds, which costs a load and no more.
 */

import { encodeEntry } from './entry.ts';
import { allOf } from './fill.ts';
import { isRefused } from './refused.ts';
import type { Item, StrategyContext } from './strategy.ts';

/** `fresh`: the entry is good. `granted`: the asker owns the lock now, and loads. `locked`: somebody else does. */
export type TagState = 'fresh' | 'granted' | 'locked';

export interface Asked {
  readonly state: TagState | 'refused';
  /** The entry as it stands, tagged or not; `null` when there is none. */
  readonly text: string | null;
}

/** A plain entry, as cache-aside left it, is no hash: every command below would fail until its time to live. */
const NO_PLAIN_ENTRY = `
if redis.call('type', KEYS[1]).ok == 'string' then redis.call('del', KEYS[1]) end`;

/** KEYS: entry. ARGV: now, until when a lock holds, its owner, its milliseconds. */
const ASK = `${NO_PLAIN_ENTRY}
local value = redis.call('hget', KEYS[1], 'value')
local lockedUntil = redis.call('hget', KEYS[1], 'lockedUntil')
if value and not lockedUntil then return {'fresh', value} end
if lockedUntil and tonumber(lockedUntil) >= tonumber(ARGV[1]) then return {'locked', value} end
redis.call('hset', KEYS[1], 'lockedUntil', ARGV[2], 'owner', ARGV[3])
if not value then redis.call('pexpire', KEYS[1], ARGV[4]) end
return {'granted', value}`;

/** KEYS: entry. ARGV: owner, value, its milliseconds. */
const SET_IF_OWNER = `
if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'value', ARGV[2])
redis.call('hdel', KEYS[1], 'lockedUntil', 'owner')
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

/** KEYS: entry. ARGV: milliseconds after which nothing is left of it. */
const TAG = `${NO_PLAIN_ENTRY}
redis.call('hset', KEYS[1], 'lockedUntil', 0)
redis.call('hdel', KEYS[1], 'owner')
redis.call('pexpire', KEYS[1], ARGV[1])
return 1`;

/** KEYS: entry. ARGV: owner. A value that stands there stays tagged. */
const HAND_BACK = `
if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
if redis.call('hexists', KEYS[1], 'value') == 0 then return redis.call('del', KEYS[1]) end
redis.call('hset', KEYS[1], 'lockedUntil', 0)
redis.call('hdel', KEYS[1], 'owner')
return 1`;

/** Looks the entry up, and takes the lock where it is free and needed. */
export async function askForEntry(
  context: StrategyContext,
  key: string,
  owner: string,
  lockMs: number,
): Promise<Asked> {
  const nowMs = context.clock.wallMs();
  const until = nowMs + Math.ceil(lockMs);
  try {
    const [state, text = null] = (await context.redis.eval(
      ASK,
      1,
      context.entryKey(key),
      nowMs,
      until,
      owner,
      Math.ceil(lockMs),
    )) as [TagState, string | null];
    return { state, text };
  } catch (error) {
    // No room for a lock is none for the entry.
    if (isRefused(error)) return { state: 'refused', text: null };
    throw error;
  }
}

/** Sets the entry if `owner` still has the lock. */
export async function setAsOwner(context: StrategyContext, item: Item, owner: string): Promise<void> {
  await context.barrier('beforeCacheSet', item.id);
  const key = context.entryKey(item.id);
  try {
    await context.redis.eval(SET_IF_OWNER, 1, key, owner, encodeEntry(item), Math.ceil(context.ttlMs));
  } catch (error) {
    if (!isRefused(error)) throw error;
    // Left there, the lock would have others wait for an entry that does not come.
    await handBack(context, item.id, owner);
  }
  await context.barrier('afterCacheSet', item.id);
}

/** The owner will set nothing: the next reader need not wait for the lock's end. */
export async function handBack(context: StrategyContext, key: string, owner: string): Promise<void> {
  await context.redis.eval(HAND_BACK, 1, context.entryKey(key), owner).catch(context.onBackgroundError);
}

/** @param keepMs How long the old value, for those who put up with it, and the tag are kept. */
export async function tagAsDeletedEntry(
  context: StrategyContext,
  key: string,
  keepMs: number,
): Promise<void> {
  await context.barrier('beforeCacheDelete', key);
  await context.redis.eval(TAG, 1, context.entryKey(key), Math.ceil(keepMs));
  await context.barrier('afterCacheDelete', key);
}

export async function preloadTagged(context: StrategyContext, items: readonly Item[]): Promise<void> {
  const pipeline = context.redis.pipeline();
  for (const item of items) {
    const key = context.entryKey(item.id);
    pipeline.del(key).hset(key, 'value', encodeEntry(item)).pexpire(key, Math.ceil(context.ttlMs));
  }
  await allOf(pipeline, isRefused);
}
