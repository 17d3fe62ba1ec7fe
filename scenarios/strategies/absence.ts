import { decodeEntry } from './entry.ts';
import { loadItem, writeEntry } from './fill.ts';
import { Flights } from './flights.ts';
import { unlessRefused } from './refused.ts';
import type { Item, Parameter, ReadResult, StrategyContext } from './strategy.ts';

/** What stands under an entry's key for a row that does not exist. No JSON: other readers take it for a miss. */
export const ABSENT = 'absent';

export const absenceParameters = {
  nullTtlMs: {
    unit: 'ms',
    default: 5_000,
    min: 1,
    max: 86_400_000,
    description:
      'How long a row is remembered as absent. A row that others insert is denied as long; an endless attack holds rate x this many entries in Redis.',
  },
} as const satisfies Record<string, Parameter>;

/**
 * Reads as cache-aside does, and remembers the absence of a row as well. Readers of one process share a load:
 * without that a missing key asked for r times a second would cost 1 + r d loads, not one.
 */
export function absenceReader(
  context: StrategyContext,
  nullTtlMs: number,
): (key: string) => Promise<ReadResult> {
  const flights = new Flights<Item | null>();

  async function fill(key: string): Promise<Item | null> {
    const item = await loadItem(context, key);
    if (item === null) await writeAbsence(context, key, nullTtlMs);
    else await writeEntry(context, key, item);
    return item;
  }

  return async (key) => {
    const text = await context.redis.get(context.entryKey(key));
    if (text === ABSENT) return { item: null, outcome: 'null' };
    const cached = decodeEntry(text);
    if (cached !== null) return { item: cached, outcome: 'hit' };
    await context.barrier('afterCacheMiss', key);
    return { item: await flights.share(key, () => fill(key)), outcome: 'miss' };
  };
}

/** Only where nothing is: whoever loaded later, and found the row, knows better. */
async function writeAbsence(context: StrategyContext, key: string, nullTtlMs: number): Promise<void> {
  await context.barrier('beforeCacheSet', key);
  await unlessRefused(context.redis.set(context.entryKey(key), ABSENT, 'PX', Math.ceil(nullTtlMs), 'NX'));
  await context.barrier('afterCacheSet', key);
}
