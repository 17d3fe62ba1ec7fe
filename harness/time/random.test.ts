import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveSeed, seededRandom, shuffled } from './random.ts';

test('the same seed gives the same sequence, in its bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000 }), (seed, n) => {
      const [one, two] = [seededRandom(seed), seededRandom(seed)];
      for (let draw = 0; draw < 20; draw++) {
        const value = one.next();
        expect(value).toBe(two.next());
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        const whole = one.int(n);
        expect(whole).toBe(two.int(n));
        expect(Number.isInteger(whole) && whole >= 0 && whole < n).toBe(true);
      }
    }),
  );
});

test('labels give seeds of their own', () => {
  const labels = ['order', 'storm', 'keys', 'arrivals'];
  const seeds = labels.flatMap((label) => [1, 2, 3].map((round) => deriveSeed(1, label, round)));
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(deriveSeed(1, 'a', 'b')).not.toBe(deriveSeed(1, 'ab'));
});

test('a shuffle keeps every item and leaves its input alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const before = [...items];
      const result = shuffled(items, seededRandom(seed));
      expect(items).toEqual(before);
      expect(result.toSorted()).toEqual(before.toSorted());
    }),
  );
});
