/** Both exact intervals against enumeration, closed forms and simulated coverage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../time/random.ts';
import { hodgesLehmann, hodgesLehmannInterval } from './hodges-lehmann.ts';
import { medianInterval } from './median-interval.ts';
import { signedRankPValue } from './signed-rank.ts';
import { median } from './summary.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });
const oneToN = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

/** Every resample of n values out of n, each as likely: the bootstrap without its randomness. */
function* resamples(sample: readonly number[], taken: readonly number[] = []): Generator<readonly number[]> {
  if (taken.length === sample.length) yield taken;
  else for (const value of sample) yield* resamples(sample, [...taken, value]);
}

function percentileBootstrap(n: number): readonly [number, number] {
  const medians = [...resamples(oneToN(n))].map(median).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.floor(share * medians.length)] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

describe('medianInterval', () => {
  test.each([
    [1, 0],
    [2, 0.5],
    [3, 0.75],
    [4, 0.875],
    [5, 0.9375],
    [6, 0.96875],
  ])('%i rounds reach from the lowest to the highest, with confidence %f', (n, confidence) => {
    expect(medianInterval(oneToN(n))).toEqual({
      low: 1,
      high: n,
      confidence: expect.closeTo(confidence, 12),
    });
  });

  test('the confidence is the share of all 2^n ways in which values lie around their median', () => {
    for (let n = 1; n <= 12; n++) {
      const interval = medianInterval(oneToN(n), 0.8);
      let covered = 0;
      for (let ways = 0; ways < 2 ** n; ways++) {
        // With `below` values under the true median, it lies between x(below) and x(below + 1).
        const below = ways.toString(2).replaceAll('0', '').length;
        if (below >= (interval?.low ?? 0) && below < (interval?.high ?? 0)) covered += 1;
      }
      expect(interval?.confidence).toBeCloseTo(covered / 2 ** n, 12);
    }
  });

  test('is the narrowest one that keeps the confidence', () => {
    // Conover's table: n = 10 gives x(2) to x(9), n = 20 gives x(6) to x(15), n = 100 gives x(40) to x(61).
    expect(medianInterval(oneToN(10))).toMatchObject({ low: 2, high: 9 });
    expect(medianInterval(oneToN(20))).toMatchObject({ low: 6, high: 15 });
    expect(medianInterval(oneToN(100))).toMatchObject({ low: 40, high: 61 });
  });

  test('what a percentile bootstrap would have said: no more up to 5 rounds, too much at 7', () => {
    for (const n of [3, 5]) expect(percentileBootstrap(n)).toEqual([1, n]);
    const [low, high] = percentileBootstrap(7);
    expect([low, high]).toEqual([2, 6]);
    // x(2) to x(6) cover 1 - 2 (1 + 7) / 2^7: what the bootstrap calls 95%.
    expect(medianInterval(oneToN(7), 0.87)).toEqual({ low, high, confidence: expect.closeTo(0.875, 12) });
  });

  test('covers a skewed median as often as it says', () => {
    const random = seededRandom(1);
    for (const n of [3, 6, 10, 15]) {
      let [covered, promised] = [0, 0];
      for (let experiment = 0; experiment < 4_000; experiment++) {
        const sample = Array.from({ length: n }, () => -Math.log(1 - random.next()));
        const interval = medianInterval(sample);
        promised = interval?.confidence ?? 0;
        if ((interval?.low ?? 0) <= Math.LN2 && Math.LN2 <= (interval?.high ?? 0)) covered += 1;
      }
      expect(Math.abs(covered / 4_000 - promised)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
    }
  });
});

describe('hodgesLehmann', () => {
  test('is the median over all pairs, each with itself', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const averages: number[] = [];
        for (let i = 0; i < sample.length; i++)
          for (let j = 0; j <= i; j++) averages.push(((sample[i] ?? 0) + (sample[j] ?? 0)) / 2);
        expect(hodgesLehmann(sample)).toBe(median(averages));
      }),
    );
  });

  test('moves and scales with the values, changes sign with them, and ignores their order', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (sample, by, times) => {
          const moved = sample.map((value) => value * times + by);
          expect(hodgesLehmann(moved)).toBeCloseTo(hodgesLehmann(sample) * times + by, 8);
          expect(hodgesLehmann(sample.map((value) => -value))).toBeCloseTo(-hodgesLehmann(sample), 8);
          expect(hodgesLehmann(sample.toReversed())).toBe(hodgesLehmann(sample));
          const interval = hodgesLehmannInterval(sample);
          const movedInterval = hodgesLehmannInterval(moved);
          expect(movedInterval?.low).toBeCloseTo((interval?.low ?? 0) * times + by, 8);
          expect(movedInterval?.high).toBeCloseTo((interval?.high ?? 0) * times + by, 8);
        },
      ),
    );
  });

  test('its interval is every shift that the signed-rank test does not reject', () => {
    // Distinct differences whose pairwise means are distinct too: powers of 2 and their signs.
    const differences = [1, -2, 4, 8, -16, 32, 64, 128];
    const interval = hodgesLehmannInterval(differences);
    const rejected = (shift: number) => signedRankPValue(differences.map((value) => value - shift)) <= 0.05;
    for (let shift = -20; shift <= 130; shift += 0.3) {
      const inside = shift > (interval?.low ?? 0) && shift < (interval?.high ?? 0);
      expect(rejected(shift), `shift ${shift}`).toBe(!inside);
    }
  });

  test('its interval covers the shift of symmetric noise as often as it says', () => {
    const random = seededRandom(2);
    for (const n of [3, 5, 6, 10]) {
      let [covered, promised] = [0, 0];
      for (let experiment = 0; experiment < 4_000; experiment++) {
        const sample = Array.from({ length: n }, () => 7 + random.next() - random.next());
        const interval = hodgesLehmannInterval(sample);
        promised = interval?.confidence ?? 0;
        if ((interval?.low ?? 0) <= 7 && 7 <= (interval?.high ?? 0)) covered += 1;
      }
      expect(Math.abs(covered / 4_000 - promised)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
    }
  });
});

test('no values have no interval', () => {
  expect(medianInterval([])).toBeNull();
  expect(hodgesLehmannInterval([])).toBeNull();
});
