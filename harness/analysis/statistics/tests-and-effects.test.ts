/** P-values and effect sizes, each against its definition or a printed table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cliffsDelta } from './cliffs-delta.ts';
import { holm } from './holm.ts';
import { signedRankPValue } from './signed-rank.ts';
import { studentQuantile } from './student.ts';

const small = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 });
const group = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });

/** All 2^n signs, one after the other. */
function enumeratedPValue(differences: readonly number[]): number {
  const size = differences.map(Math.abs);
  const ranks = size.map(
    (own) =>
      (size.filter((other) => other < own).length + size.filter((other) => other <= own).length + 1) / 2,
  );
  const signedSum = (sign: (index: number) => number) =>
    ranks.reduce((sum, rank, index) => sum + (differences[index] === 0 ? 0 : rank * sign(index)), 0);
  const seen = Math.abs(signedSum((index) => Math.sign(differences[index] ?? 0)));
  let asFar = 0;
  for (let signs = 0; signs < 2 ** size.length; signs++) {
    if (Math.abs(signedSum((index) => ((signs >> index) & 1 ? 1 : -1))) >= seen) asFar += 1;
  }
  return asFar / 2 ** size.length;
}

describe('signedRankPValue', () => {
  test('is the share of all signs that lie as far out, ties and zeros included', () => {
    fc.assert(
      fc.property(small, (differences) => {
        expect(signedRankPValue(differences)).toBeCloseTo(enumeratedPValue(differences), 12);
      }),
    );
  });

  test.each([
    [3, 0.25],
    [5, 0.0625],
    [6, 0.03125],
    [10, 2 ** -9],
  ])('%i rounds that all agree give the smallest p there is: %f', (n, p) => {
    expect(signedRankPValue(Array.from({ length: n }, (_, index) => index + 1))).toBeCloseTo(p, 12);
  });

  test('by hand: 3 of 2^8 sign patterns have a rank sum of 2 or less, on either side', () => {
    expect(signedRankPValue([3, 4, 5, 6, 7, 8, 1, -2])).toBeCloseTo(6 / 256, 12);
  });

  test('neither side is favoured, and no difference is no evidence', () => {
    fc.assert(
      fc.property(small, (differences) => {
        expect(signedRankPValue(differences.map((value) => -value))).toBe(signedRankPValue(differences));
      }),
    );
    expect(signedRankPValue([0, 0, 0])).toBe(1);
    expect(signedRankPValue([])).toBe(1);
  });

  test('a hundred rounds are exact too', () => {
    expect(signedRankPValue(Array.from({ length: 100 }, () => 1))).toBeCloseTo(2 ** -99, 40);
  });
});

describe('cliffsDelta', () => {
  test('is what counting all pairs gives, between -1 and 1, and turns with the groups', () => {
    fc.assert(
      fc.property(group, group, (a, b) => {
        const signs = a.flatMap((x) => b.map((y) => Math.sign(x - y)));
        const counted = signs.reduce((sum, sign) => sum + sign, 0) / signs.length;
        expect(cliffsDelta(a, b)).toBeCloseTo(counted, 12);
        expect(cliffsDelta(b, a)).toBeCloseTo(-counted, 12);
        expect(Math.abs(cliffsDelta(a, b))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('looks at the order alone', () => {
    fc.assert(
      fc.property(group, group, (a, b) => {
        const grown = (values: readonly number[]) => values.map((value) => Math.exp(value) + 3);
        expect(cliffsDelta(grown(a), grown(b))).toBe(cliffsDelta(a, b));
      }),
    );
    expect(cliffsDelta([1, 2], [3, 4])).toBe(-1);
  });
});

describe('holm', () => {
  test('the textbook example', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [index, value] of [0.03, 0.06, 0.06, 0.02].entries()) {
      expect(adjusted[index]).toBeCloseTo(value, 12);
    }
  });

  test('rejects what the step-down procedure rejects, at every level', () => {
    const pValues = fc.array(
      fc.integer({ min: 0, max: 100 }).map((p) => p / 100),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        pValues,
        fc.integer({ min: 1, max: 99 }).map((p) => p / 100 + 0.0005),
        (ps, level) => {
          // As Holm tells it: from the smallest up, stop at the first that its share of the level can't carry.
          const order = ps.map((_, index) => index).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
          const rejected = new Set<number>();
          for (const [rank, index] of order.entries()) {
            if ((ps[index] ?? 1) > level / (ps.length - rank)) break;
            rejected.add(index);
          }
          expect(holm(ps).map((p) => p <= level)).toEqual(ps.map((_, index) => rejected.has(index)));
        },
      ),
    );
  });
});

test.each([
  [0.975, 1, 12.7062],
  [0.975, 2, 4.3027],
  [0.995, 2, 9.9248],
  [0.975, 4, 2.7764],
  [0.95, 5, 2.015],
  [0.975, 9, 2.2622],
  [0.8, 9, 0.8834],
  [0.975, 30, 2.0423],
])('Student’s t as printed: %f, %i degrees, %f', (probability, degrees, t) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(t, 3);
});
