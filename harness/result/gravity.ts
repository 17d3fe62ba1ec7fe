import type { WorstKey } from './schema.ts';

/**
 * Which key tells best what a strategy does wrong: the graver first. What stays wrong weighs more than what passes: a
 * lost write, an entry that is wrong in the end, a dirty read, then how stale, then how often.
 */
export function byGravity(a: WorstKey, b: WorstKey): number {
  const [left, right] = [gravity(a), gravity(b)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return (right[differing] ?? 0) - (left[differing] ?? 0);
}

function gravity(key: WorstKey): readonly number[] {
  const { lost, dirty, stale, staleMaxMs } = key.counts;
  return [lost, Number(isDivergent(key)), dirty, staleMaxMs, stale];
}

/**
 * Whether the cache held something else than the database each time it was looked at, when all was quiet. No entry is
 * fine, and one that was right once is on its way.
 */
export function isDivergent({ finalDatabase, finalCache }: WorstKey): boolean {
  if (finalDatabase === null || finalCache.length === 0) return false;
  return finalCache.every(({ held, version }) => held && version !== finalDatabase);
}
