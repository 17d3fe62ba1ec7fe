import { decodeLogicalEntry, encodeLogicalEntry, type LogicalEntry } from './entry.ts';
import { allOf, loadItem } from './fill.ts';
import { isRefused, unlessRefused } from './refused.ts';
import type { Item, StrategyContext } from './strategy.ts';

/** Cache-aside for entries that stay readable after their expiry: Redis drops them only `maxStaleMs` later. */

export interface Lifetime {
  readonly ttlMs: number;
  readonly maxStaleMs: number;
}

export function isExpired(context: StrategyContext, entry: LogicalEntry): boolean {
  return context.clock.wallMs() >= entry.expiresAtMs;
}

export async function readLogical(context: StrategyContext, key: string): Promise<LogicalEntry | null> {
  return decodeLogicalEntry(await context.redis.get(context.entryKey(key)));
}

export async function fillLogical(
  context: StrategyContext,
  key: string,
  lifetime: Lifetime,
): Promise<LogicalEntry | null> {
  const item = await loadItem(context, key);
  if (item === null) {
    // The row is gone: an entry left behind would be served, and refreshed in vain, until it is dropped.
    await context.redis.del(context.entryKey(key));
    return null;
  }
  const entry = logicalEntry(context, item, lifetime);
  await context.barrier('beforeCacheSet', key);
  const text = encodeLogicalEntry(entry);
  await unlessRefused(context.redis.set(context.entryKey(key), text, 'PX', keptMs(lifetime)));
  await context.barrier('afterCacheSet', key);
  return entry;
}

/** Writes the entries of rows that are there already, all in one round trip. */
export async function preloadLogical(
  context: StrategyContext,
  items: readonly Item[],
  lifetimeOf: (item: Item) => Lifetime,
): Promise<void> {
  const pipeline = context.redis.pipeline();
  for (const item of items) {
    const lifetime = lifetimeOf(item);
    const text = encodeLogicalEntry(logicalEntry(context, item, lifetime));
    pipeline.set(context.entryKey(item.id), text, 'PX', keptMs(lifetime));
  }
  await allOf(pipeline, isRefused);
}

function logicalEntry({ clock }: StrategyContext, item: Item, { ttlMs }: Lifetime): LogicalEntry {
  return { item, expiresAtMs: clock.wallMs() + ttlMs };
}

function keptMs({ ttlMs, maxStaleMs }: Lifetime): number {
  return Math.ceil(ttlMs + maxStaleMs);
}
