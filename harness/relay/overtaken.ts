import type { AppliedChange } from './protocol.ts';

/**
 * Changes that were applied after a newer one of their row, whichever relay applied either. One that is applied again
 * with nothing newer in between is none.
 */
export function countOvertaken(changes: readonly AppliedChange[]): number {
  const newest = new Map<string, number>();
  let overtaken = 0;
  for (const { key, order } of changes.toSorted((a, b) => a.atUs - b.atUs)) {
    const before = newest.get(key);
    if (before !== undefined && order < before) overtaken++;
    else newest.set(key, order);
  }
  return overtaken;
}
