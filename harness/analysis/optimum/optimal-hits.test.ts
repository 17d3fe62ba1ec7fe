import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatestFirst } from './latest-first.ts';
import { optimalHits } from './optimal-hits.ts';

const LETTERS = ['a', 'b', 'c', 'd', 'e'];
const sequences = fc.array(fc.constantFrom(...LETTERS), { maxLength: 9 });
const capacities = fc.integer({ min: 0, max: 4 });

/** Every set of at most `capacity` of the keys. */
function subsets(keys: readonly string[], capacity: number): string[] {
  let all = [''];
  for (const key of keys) all = all.flatMap((set) => [set, set + key]);
  return all.filter((set) => set.length <= capacity);
}

/** The most hits of any cache: tries all that it could hold after each request. */
function bestByTrying(keys: readonly string[], capacity: number, starts: readonly string[]): number {
  let best = new Map(starts.map((set) => [set, 0]));
  for (const key of keys) {
    const after = new Map<string, number>();
    for (const [held, hits] of best) {
      const now = hits + (held.includes(key) ? 1 : 0);
      const there = [...new Set([...held, key])].toSorted();
      for (const set of subsets(there, capacity)) after.set(set, Math.max(after.get(set) ?? 0, now));
    }
    best = after;
  }
  return Math.max(...best.values());
}

function lruHits(keys: readonly string[], capacity: number): number {
  let held: string[] = [];
  let hits = 0;
  for (const key of keys) {
    if (held.includes(key)) hits++;
    held = [key, ...held.filter((other) => other !== key)].slice(0, capacity);
  }
  return hits;
}

describe('the optimum', () => {
  test('from an empty cache is that of an exhaustive search', () => {
    fc.assert(
      fc.property(sequences, capacities, (keys, capacity) => {
        expect(optimalHits(keys, capacity, 'empty')).toBe(bestByTrying(keys, capacity, ['']));
      }),
      { numRuns: 500 },
    );
  });

  test('from whatever it likes to begin with, too', () => {
    fc.assert(
      fc.property(sequences, capacities, (keys, capacity) => {
        const starts = subsets(LETTERS, capacity);
        expect(optimalHits(keys, capacity, 'any')).toBe(bestByTrying(keys, capacity, starts));
      }),
      { numRuns: 300 },
    );
  });

  test('grows with the capacity up to every request but the first of each key, and is never below LRU', () => {
    const long = fc.array(fc.constantFrom(...LETTERS, 'f', 'g', 'h'), { maxLength: 300 });
    fc.assert(
      fc.property(long, capacities, (keys, capacity) => {
        const hits = optimalHits(keys, capacity, 'empty');
        expect(hits).toBeGreaterThanOrEqual(lruHits(keys, capacity));
        expect(optimalHits(keys, capacity + 1, 'empty')).toBeGreaterThanOrEqual(hits);
        expect(optimalHits(keys, 8, 'empty')).toBe(keys.length - new Set(keys).size);
      }),
    );
  });

  test('may decline to store: what must be stored would push out what is needed', () => {
    // Belady’s MIN that has to store b, and c, would lose a each time.
    expect(optimalHits(['a', 'b', 'a', 'c', 'a'], 1, 'empty')).toBe(2);
  });
});

test('the latest comes first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 })), (values) => {
      const heap = new LatestFirst();
      for (const value of values) heap.push(value);
      expect(values.map(() => heap.pop())).toEqual(values.toSorted((a, b) => b - a));
      expect(() => heap.pop()).toThrow('nothing is left');
    }),
  );
});
