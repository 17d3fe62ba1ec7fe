import { decodeEntry, encodeEntry } from './entry.ts';
import type { Item, Prediction, StrategyContext, TheoryInput } from './strategy.ts';

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
  if (item === null) return null;
  await context.barrier('beforeCacheSet', key);
  await context.redis.set(context.entryKey(key), encodeEntry(item), 'PX', context.ttlMs);
  await context.barrier('afterCacheSet', key);
  return item;
}

/** An entry is asked for, filled and dropped: its age is the load, the time to live and the way to the client. */
export function predictPhysicalAge({ ttlSec, slowestLoadSec, slowestAnswerSec }: TheoryInput): Prediction {
  return {
    metric: 'age.maxMs',
    value: null,
    low: null,
    high: (ttlSec + slowestLoadSec + slowestAnswerSec) * 1000,
    formula: 'T + D + S',
    tolerance: 'none',
  };
}
