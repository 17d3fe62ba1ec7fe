import { describe, expect, it } from 'vitest';
import { seededRandom } from '../time/random.ts';
import { zipfRanks } from './zipf.ts';

const COUNT = 1_000;
const DRAWS = 100_000;

/** Pearson's statistic over ranks, those with few expected draws pooled, and its degrees of freedom. */
function chiSquare(exponent: number, seed: number): { statistic: number; freedom: number } {
  const weights = Array.from({ length: COUNT }, (_, index) => (index + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = new Float64Array(COUNT);
  const nextRank = zipfRanks(COUNT, exponent, seededRandom(seed));
  for (let draw = 0; draw < DRAWS; draw++) {
    const rank = nextRank();
    drawn[rank - 1] = (drawn[rank - 1] ?? Number.NaN) + 1;
  }
  let statistic = 0;
  let cells = 0;
  let expected = 0;
  let observed = 0;
  weights.forEach((weight, index) => {
    expected += (weight / total) * DRAWS;
    observed += drawn[index] as number;
    if (expected < 20 && index < COUNT - 1) return;
    statistic += (observed - expected) ** 2 / expected;
    cells++;
    expected = 0;
    observed = 0;
  });
  return { statistic, freedom: cells - 1 };
}

describe('zipfRanks', () => {
  it.each([0.5, 0.99, 1, 1.2, 2])('follows the exact distribution for exponent %d', (exponent) => {
    for (const seed of [1, 2, 3]) {
      const { statistic, freedom } = chiSquare(exponent, seed);
      // Five standard deviations above the mean; half a per cent off in the hottest key is far beyond it.
      expect(statistic, `seed ${seed}`).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
    }
  });

  it('draws the only rank of one key', () => {
    const nextRank = zipfRanks(1, 1, seededRandom(1));
    expect(Array.from({ length: 5 }, nextRank)).toEqual([1, 1, 1, 1, 1]);
  });

  it('refuses parameters without a distribution', () => {
    expect(() => zipfRanks(0, 1, seededRandom(1))).toThrow(RangeError);
    expect(() => zipfRanks(10, 0, seededRandom(1))).toThrow(RangeError);
    expect(() => zipfRanks(10, Number.NaN, seededRandom(1))).toThrow(RangeError);
  });
});
