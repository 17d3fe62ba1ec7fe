import { LatestFirst } from './latest-first.ts';

/**
 * Hits of the best cache there can be: one that knows what will be asked for, and keeps what is asked for soonest
 * (MIN; L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2),
 * 1966). No cache of as many entries has more.
 *
 * It may also decline to store what it has just loaded, as a Redis that refuses writes does; a cache that has to
 * store everything, as under the other policies, comes to at most as many hits.
 *
 * How it is found: between two requests for a key, one after the other, its entry is either kept, which makes the
 * second a hit, or not. At each moment at most `capacity` of these intervals may be kept; of too many, the one that
 * ends last is given up. O(n log n).
 *
 * @param capacity Entries that it holds, 0 or more.
 * @param start `empty`: each key's first request is a miss. `any`: it begins with whatever serves it best, which
 *   is a limit for a cache that was warm already.
 */
export function optimalHits(keys: readonly string[], capacity: number, start: 'empty' | 'any'): number {
  const { next, first } = uses(keys);
  const kept = new Uint8Array(keys.length);
  const ends = new LatestFirst();
  let held = 0;
  const keep = (end: number): void => {
    kept[end] = 1;
    held++;
    ends.push(end);
    if (held <= capacity) return;
    kept[ends.pop()] = 0;
    held--;
  };
  if (start === 'any') for (const at of first) keep(at);
  let hits = 0;
  for (let at = 0; at < keys.length; at++) {
    if (kept[at] === 1) {
      hits++;
      held--;
    }
    const again = next[at] as number;
    if (again < keys.length) keep(again);
  }
  return hits;
}

/** Where each request's key is asked for next (`keys.length`: never again), and where each key is first. */
function uses(keys: readonly string[]): { readonly next: Uint32Array; readonly first: Iterable<number> } {
  const next = new Uint32Array(keys.length).fill(keys.length);
  const soonest = new Map<string, number>();
  for (let at = keys.length - 1; at >= 0; at--) {
    const key = keys[at] as string;
    next[at] = soonest.get(key) ?? keys.length;
    soonest.set(key, at);
  }
  return { next, first: soonest.values() };
}
