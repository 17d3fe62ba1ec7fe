/** A proof that could not fail would prove nothing: made-up runs, right and wrong. */
import { describe, expect, test } from 'vitest';
import { judgeRanking, orderOf, type RankedRun } from './judge.ts';
import { hodgesLehmann, signedRankP } from './signed-rank.ts';

/** Nine storms, of which some are three times as hard as others. */
const STORMS = [100, 130, 90, 300, 110, 95, 240, 105, 120];
/** Up and down by a tenth, in no order. */
const SCATTER = [1.1, 0.93, 1.02, 0.9, 1.08, 0.97, 1.05, 0.91, 1.04];

const times = (factor: number, rounds = STORMS.length) =>
  STORMS.slice(0, rounds).map((storm) => factor * storm);
const about = (factor: number) => STORMS.map((storm, round) => factor * storm * (SCATTER[round] ?? 1));

function run(seed: number, loads: Readonly<Record<string, readonly number[]>>): RankedRun {
  return { seed, reads: new Map(Object.entries(loads)) };
}

describe('the signed-rank test', () => {
  // Table of Wilcoxon's critical values, two-sided 5% (Hollander, Wolfe and Chicken, table A.4).
  test.each([
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [12, 13],
    [15, 25],
  ])('rejects with %i rounds up to a rank sum of %i, as the tables do', (n, critical) => {
    const withRankSum = (sum: number) => {
      let left = sum;
      return Array.from({ length: n }, (_, index) => {
        const rank = n - index;
        const down = rank <= left;
        if (down) left -= rank;
        return down ? -rank : rank;
      });
    };
    expect(signedRankP(withRankSum(critical))).toBeLessThanOrEqual(0.05);
    expect(signedRankP(withRankSum(critical + 1))).toBeGreaterThan(0.05);
  });

  test('is 2^(1-n) where all agree, ties or not, and 1 where nothing differs', () => {
    expect(signedRankP([1, 2, 3, 4, 5, 6])).toBeCloseTo(2 ** -5, 12);
    expect(signedRankP([-4, -4, -4, -4, -4, -4, -4])).toBeCloseTo(2 ** -6, 12);
    expect(signedRankP([0, 0, 0])).toBe(1);
    expect(signedRankP([])).toBe(1);
  });

  test('has its estimate, which one wild round hardly moves', () => {
    expect(hodgesLehmann([1, 2, 3, 4, 5])).toBe(3);
    expect(hodgesLehmann([1, 2, 3, 4, 5, 1_000])).toBeLessThan(6);
  });
});

describe('two strategies', () => {
  test('are ordered round by round, however much the storms differ', () => {
    expect(orderOf(times(1), times(1.1))).toBe('fewer');
    expect(orderOf(times(1.1), times(1))).toBe('more');
    expect(orderOf(times(0), times(1))).toBe('fewer');
    expect(orderOf(times(1), times(0))).toBe('more');
    expect(orderOf(times(1).with(0, 0), times(0).with(0, 1))).toBe('more');
  });

  test.each([
    ['a sure difference within the margin', times(1), times(1.04)],
    ['a large one that the rounds do not agree on', about(1), about(1).toReversed()],
    ['one wild round', times(1), times(1).with(0, 10_000)],
    ['five rounds, whatever they say', times(1, 5), times(9, 5)],
    ['nothing in either', times(0), times(0)],
    ['no rounds', [], []],
  ])('are tied by %s', (_, first, second) => {
    expect([orderOf(first, second), orderOf(second, first)]).toEqual(['tied', 'tied']);
  });
});

describe('runs', () => {
  const loads = { none: about(40), mutex: times(1), lease: times(1.01), flight: about(2) };

  test('that say the same hold, and the tiers show it', () => {
    const verdict = judgeRanking([run(1, loads), run(2, { ...loads, none: times(35) })]);
    expect(verdict).toMatchObject({ holds: true, reasons: [], wavering: [], flipped: [] });
    expect([verdict.pairs.length, verdict.agreed.length]).toEqual([6, 5]);
    expect(verdict.tiers).toEqual(Array(2).fill([['mutex', 'lease'], ['flight'], ['none']]));
  });

  test('that contradict each other do not, though they agree on all others', () => {
    const turned = { ...loads, mutex: times(2.5) };
    const verdict = judgeRanking([run(1, loads), run(2, loads), run(3, turned)]);
    expect(verdict.holds).toBe(false);
    expect(verdict.flipped).toEqual([
      { first: 'mutex', second: 'flight', orders: ['fewer', 'fewer', 'more'] },
    ]);
    expect(verdict.agreed).toHaveLength(4);
    expect(verdict.reasons.join()).toContain('ordered both ways');
    expect(verdict.tiers[2]).toEqual([['lease'], ['flight'], ['mutex'], ['none']]);
  });

  test('of which one can’t tell waver, and hold', () => {
    const verdict = judgeRanking([run(1, loads), run(2, { ...loads, lease: times(1.2) }), run(3, loads)]);
    expect(verdict.holds).toBe(true);
    expect(verdict.wavering).toEqual([
      { first: 'mutex', second: 'lease', orders: ['tied', 'fewer', 'tied'] },
    ]);
    expect(verdict.flipped).toEqual([]);
  });

  test('that flip and waver at once flip', () => {
    const both = [1, 1.2, 1 / 1.2].map((by, index) => run(index, { ...loads, lease: times(by) }));
    expect(judgeRanking(both)).toMatchObject({ holds: false, wavering: [], flipped: [{ second: 'lease' }] });
  });

  test('that order nothing prove nothing', () => {
    const few = Object.fromEntries(Object.entries(loads).map(([name, reads]) => [name, reads.slice(0, 5)]));
    const verdict = judgeRanking([run(1, few), run(2, few)]);
    expect(verdict).toMatchObject({ holds: false, reasons: ['no pair is ordered in every run'] });
    expect(verdict.tiers[0]).toEqual([['none', 'mutex', 'lease', 'flight']]);
  });

  test('of which there is one, or of other strategies or rounds, prove nothing', () => {
    expect(judgeRanking([run(1, loads)]).holds).toBe(false);
    expect(judgeRanking([]).holds).toBe(false);
    const { lease: _, ...fewer } = loads;
    expect(() => judgeRanking([run(1, loads), run(7, fewer)])).toThrow(/seed 7 tried .*; expected .* seed 1/);
    const shorter = { ...loads, mutex: times(1, 8) };
    expect(() => judgeRanking([run(1, loads), run(7, shorter)])).toThrow('mutex (8 rounds)');
  });

  test('never print more than was ordered: a and b tie, b and c do, a and c do not', () => {
    const chain = { a: times(1), b: times(1.04), c: times(1.08), none: times(9) };
    const verdict = judgeRanking([run(1, chain), run(2, chain)]);
    expect(verdict.tiers[0]).toEqual([['a', 'b', 'c'], ['none']]);
    expect(verdict.agreed).toContainEqual({ first: 'a', second: 'c', orders: ['fewer', 'fewer'] });
  });
});
