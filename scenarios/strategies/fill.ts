import type { ChainableCommander } from 'ioredis';
import { decodeEntry, encodeEntry } from './entry.ts';
import { isRefused, unlessRefused } from './refused.ts';
import type { Item, ReadResult, StrategyContext } from './strategy.ts';

/** The two halves of cache-aside that strategies with a physical time to live share. */

export async function readEntry(context: StrategyContext, key: string): Promise<Item | null> {
  return decodeEntry(await context.redis.get(context.entryKey(key)));
}

/** Loads from the database, stopping at the barriers around it. */
export async function loadItem(context: StrategyContext, key: string): Promise<Item | null> {
  await context.barrier('beforeDbRead', key);
  const item = await context.origin.load(key);
  await context.barrier('afterDbRead', key);
  return item;
}

/** Loads and, when the row exists, writes the entry with the scenario's time to live. */
export async function fillEntry(context: StrategyContext, key: string): Promise<Item | null> {
  const item = await loadItem(context, key);
  if (item !== null) await writeEntry(context, key, item);
  return item;
}

/** Reads the entry, or fills it: cache-aside, with nothing else. */
export function cacheAsideReader(context: StrategyContext): (key: string) => Promise<ReadResult> {
  return async (key) => {
    const cached = await readEntry(context, key);
    if (cached !== null) return { item: cached, outcome: 'hit' };
    await context.barrier('afterCacheMiss', key);
    return { item: await fillEntry(context, key), outcome: 'miss' };
  };
}

/** Writes the entry, if Redis has room for it, stopping at the barriers around it. @param ttlMs default: the scenario's */
export async function writeEntry(
  context: StrategyContext,
  key: string,
  item: Item,
  ttlMs: number = context.ttlMs,
): Promise<void> {
  await context.barrier('beforeCacheSet', key);
  const text = encodeEntry(item);
  await unlessRefused(context.redis.set(context.entryKey(key), text, 'PX', Math.ceil(ttlMs)));
  await context.barrier('afterCacheSet', key);
}

/** Writes the entries of rows that are there already, those that Redis has room for, all in one round trip. */
export async function preloadEntries(
  context: StrategyContext,
  items: readonly Item[],
  ttlOf: (item: Item) => number = () => context.ttlMs,
): Promise<void> {
  const pipeline = context.redis.pipeline();
  for (const item of items) {
    pipeline.set(context.entryKey(item.id), encodeEntry(item), 'PX', Math.ceil(ttlOf(item)));
  }
  await allOf(pipeline, isRefused);
}

/**
 * A pipeline reports the errors of its commands in its answers: here the first is thrown.
 *
 * @param isExpected Errors to pass over; their answers are `undefined`. @default none
 */
export async function allOf(
  pipeline: ChainableCommander,
  isExpected: (error: Error) => boolean = () => false,
): Promise<readonly unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error !== null && !isExpected(error)) throw error;
    return answer;
  });
}
