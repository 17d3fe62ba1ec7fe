import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemKey, type KeyPopularity, keySource, rankPermutation } from './keys.ts';

const seeds = fc.integer();
const counts = fc.integer({ min: 1, max: 500 });

const popularities: fc.Arbitrary<KeyPopularity> = fc.oneof(
  fc.record({ kind: fc.constant('hot' as const), key: fc.nat() }),
  fc.record({ kind: fc.constant('uniform' as const), count: counts }),
  fc.record({
    kind: fc.constant('zipf' as const),
    count: counts,
    exponent: fc.double({ min: 0.1, max: 4, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('zipf' as const),
    count: counts,
    exponent: fc.constant(1),
    shiftEvery: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({ kind: fc.constant('scan' as const), count: counts }),
  fc.record({ kind: fc.constant('missing' as const), count: fc.option(counts) }),
);

function draw(popularity: KeyPopularity, seed: number, times: number): string[] {
  const next = keySource(popularity, seed);
  return Array.from({ length: times }, () => next().key);
}

describe('rankPermutation', () => {
  it('is a bijection of [0, count)', () => {
    fc.assert(
      fc.property(counts, seeds, (count, seed) => {
        const sorted = rankPermutation(count, seed).sort();
        expect([...sorted]).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
  });

  it('differs by seed', () => {
    expect([...rankPermutation(100, 1)]).not.toEqual([...rankPermutation(100, 2)]);
  });
});

describe('keySource', () => {
  it('repeats its sequence for the same seed', () => {
    fc.assert(
      fc.property(popularities, seeds, (popularity, seed) => {
        expect(draw(popularity, seed, 50)).toEqual(draw(popularity, seed, 50));
      }),
    );
  });

  it('names keys by their family: item-<n>, missing-<n> of a set, endless-<n>', () => {
    fc.assert(
      fc.property(popularities, seeds, (popularity, seed) => {
        const next = keySource(popularity, seed);
        for (let times = 0; times < 50; times++) {
          const { key, exists } = next();
          const [, name, n] = /^(item|missing|endless)-(\d+)$/.exec(key) ?? [];
          const missing = 'count' in popularity && popularity.count === null ? 'endless' : 'missing';
          expect(name).toBe(popularity.kind === 'missing' ? missing : 'item');
          expect(exists).toBe(popularity.kind !== 'missing');
          if ('count' in popularity && popularity.count !== null)
            expect(Number(n)).toBeLessThan(popularity.count);
        }
      }),
    );
  });

  it('draws every key of a uniform set about as often', () => {
    const tally = new Map<string, number>();
    for (const key of draw({ kind: 'uniform', count: 10 }, 7, 10_000))
      tally.set(key, (tally.get(key) ?? 0) + 1);
    expect(tally.size).toBe(10);
    for (const times of tally.values()) expect(Math.abs(times - 1_000)).toBeLessThan(150);
  });

  it('gives the hottest zipf key its exact share, and the seed decides which it is', () => {
    const hottest = [1, 2, 3].map((seed) => {
      const keys = draw({ kind: 'zipf', count: 10_000, exponent: 1 }, seed, 50_000);
      const expected = itemKey(rankPermutation(10_000, seed)[0] as number);
      // 1 / H(10000) = 0.1022; the standard deviation of the share is 0.0014.
      expect(Math.abs(keys.filter((key) => key === expected).length / 50_000 - 0.1022)).toBeLessThan(0.007);
      return expected;
    });
    expect(new Set(hottest).size).toBe(3);
  });

  it('makes other keys popular after so many draws, and again, with the same ranks', () => {
    const zipf = { kind: 'zipf', count: 1_000, exponent: 3 } as const;
    const shifting = draw({ ...zipf, shiftEvery: 200 }, 5, 600);
    expect(shifting.slice(0, 200)).toEqual(draw(zipf, 5, 200));
    const hottest = [0, 200, 400].map((from) => {
      const counts = Map.groupBy(shifting.slice(from, from + 200), (key) => key);
      const [key, times] = [...counts]
        .map(([name, all]) => [name, all.length] as const)
        .toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0];
      // 1 / zeta(3) = 0.832; the standard deviation of 200 draws is 0.026.
      expect(times / 200).toBeGreaterThan(0.7);
      return key;
    });
    expect(new Set(hottest).size).toBe(3);
  });

  it('scans from the first key to the last and again', () => {
    expect(draw({ kind: 'scan', count: 3 }, 1, 7)).toEqual([0, 1, 2, 0, 1, 2, 0].map(itemKey));
  });

  it('asks for item-0 unless another hot key is named', () => {
    expect(draw({ kind: 'hot' }, 1, 2)).toEqual(['item-0', 'item-0']);
  });

  it('never repeats an endless missing key, within a seed or across two', () => {
    const keys = [1, 2].flatMap((seed) => draw({ kind: 'missing', count: null }, seed, 5_000));
    expect(new Set(keys).size).toBe(10_000);
  });

  it('refuses counts and keys that are no whole numbers in range', () => {
    expect(() => keySource({ kind: 'uniform', count: 0 }, 1)).toThrow('uniform count');
    expect(() => keySource({ kind: 'zipf', count: 5, exponent: 1, shiftEvery: 0 }, 1)).toThrow('shiftEvery');
    expect(() => keySource({ kind: 'hot', key: -1 }, 1)).toThrow('hot key');
    expect(() => keySource({ kind: 'missing', count: 1.5 }, 1)).toThrow('missing count');
    expect(() => keySource({ kind: 'scan', count: Number.NaN }, 1)).toThrow('scan count');
  });
});
