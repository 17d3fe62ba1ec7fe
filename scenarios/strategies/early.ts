import { decodeEntry, parseObject } from './entry.ts';
import { allOf, loadItem } from './fill.ts';
import { isRefused, unlessRefused } from './refused.ts';
import type { Item, StrategyContext } from './strategy.ts';

/** An entry that knows how long its load took and when Redis will drop it: what XFetch decides from. */
export interface EarlyEntry {
  readonly item: Item;
  /** Delta: milliseconds that the load took, waiting for a connection included. */
  readonly loadMs: number;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
}

/**
 * Whether this reader is to reload now: `now - delta beta ln(U) >= expiry`, U uniform in (0, 1].
 *
 * Each reader draws for itself. The odds grow by e^(1/beta) over the time of one load, which is why that is
 * the mean number of loads that start before the first of them has landed.
 *
 * Source: Optimal Probabilistic Cache Stampede Prevention (Vattani, Chierichetti, Lowenstein, VLDB 2015), figure 3
 */
export function isDueEarly(
  { loadMs, expiresAtMs }: Pick<EarlyEntry, 'loadMs' | 'expiresAtMs'>,
  beta: number,
  nowMs: number,
  uniform: number,
): boolean {
  // 1 - U: the generator draws from [0, 1), and ln(0) would be a reload out of nothing.
  return nowMs - loadMs * beta * Math.log(1 - uniform) >= expiresAtMs;
}

export async function readEarlyEntry(context: StrategyContext, key: string): Promise<EarlyEntry | null> {
  const text = await context.redis.get(context.entryKey(key));
  const item = decodeEntry(text);
  const { loadMs, expiresAtMs } = (item === null ? null : parseObject(text)) ?? {};
  return item !== null && typeof loadMs === 'number' && typeof expiresAtMs === 'number'
    ? { item, loadMs, expiresAtMs }
    : null;
}

/** Loads, takes the time, and writes the entry; a row that is gone takes its entry with it. */
export async function fillEarlyEntry(context: StrategyContext, key: string): Promise<EarlyEntry | null> {
  const askedAtMs = context.clock.wallMs();
  const item = await loadItem(context, key);
  const nowMs = context.clock.wallMs();
  if (item === null) {
    // Left behind, it would be loaded again, in vain, by ever more of its readers until it expires.
    await context.redis.del(context.entryKey(key));
    return null;
  }
  const entry = { item, loadMs: Math.max(0, nowMs - askedAtMs), expiresAtMs: nowMs + context.ttlMs };
  await context.barrier('beforeCacheSet', key);
  await unlessRefused(
    context.redis.set(context.entryKey(key), encode(entry), 'PX', Math.ceil(context.ttlMs)),
  );
  await context.barrier('afterCacheSet', key);
  return entry;
}

/** Writes rows that are there already. How long the load of one takes is not known: none is renewed early the first time. */
export async function preloadEarlyEntries(context: StrategyContext, items: readonly Item[]): Promise<void> {
  const expiresAtMs = context.clock.wallMs() + context.ttlMs;
  const pipeline = context.redis.pipeline();
  for (const item of items) {
    const entry = { item, loadMs: 0, expiresAtMs };
    pipeline.set(context.entryKey(item.id), encode(entry), 'PX', Math.ceil(context.ttlMs));
  }
  await allOf(pipeline, isRefused);
}

function encode({ item, loadMs, expiresAtMs }: EarlyEntry): string {
  return JSON.stringify({ ...item, loadMs, expiresAtMs });
}
