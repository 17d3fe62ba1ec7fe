/** Numbers that have no ratio, and times that ended with the storm. */
import { describe, expect, test } from 'vitest';
import type { PlannedScenario } from '../plan/plan.ts';
import type { MetricName } from '../result/metrics.ts';
import { comparePairs, type Pair, pairByRound } from './comparisons.ts';
import { noiseFloorOf } from './noise-floor.ts';
import type { TrialReading } from './trial.ts';

const TO95 = 'recovery.to95Ms';
const STORM_MS = 7_000;

/** Times to recover, `null` for never, as trials have them. */
function trials(times: readonly (number | null)[]): TrialReading[] {
  return times.map((time, index) => {
    const values: Partial<Record<MetricName, number>> = {
      // A trigger is never at exactly the same moment.
      [TO95]: time ?? STORM_MS - index,
      'recovery.stuck': time === null ? 1 : 0,
    };
    return { sample: { trial: { round: index + 1 } }, values } as unknown as TrialReading;
  });
}

const rounds = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);
const judge = (contender: readonly (number | null)[], baseline: readonly (number | null)[]) =>
  comparePairs(TO95, [pairByRound(trials(contender), trials(baseline), TO95)])[0];

test('rounds are paired by their number, and one without its other is left out', () => {
  const [first, second, third] = trials([1, 2, 3]) as [TrialReading, TrialReading, TrialReading];
  const [, other, last] = trials([10, 20, 30]) as [TrialReading, TrialReading, TrialReading];
  expect(pairByRound([third, first, second], [other, last], TO95)).toEqual([
    { value: 3, against: 30 },
    { value: 2, against: 20 },
  ]);
});

describe('a time to recover that the storm’s end cut short', () => {
  test('is no equivalence when neither was back: nobody knows which would have been first', () => {
    for (const n of [3, 9]) {
      const judged = judge(rounds(n, null), rounds(n, null));
      expect(judged).toMatchObject({
        verdict: 'inconclusive',
        ratio: 1,
        censored: { strategy: n, against: n },
      });
      expect(judged?.reason).toMatch(/neither was back before the end of the storm/);
    }
  });

  test('is said of a cache that was not in step again in its own words', () => {
    const metric = 'consistency.convergeMs';
    const stuck = rounds(3, 800).map((time, index) => {
      const values = { [metric]: time, 'consistency.stuck': 1 };
      return { sample: { trial: { round: index + 1 } }, values } as unknown as TrialReading;
    });
    expect(comparePairs(metric, [pairByRound(stuck, stuck, metric)])[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'neither was in step again by the last look at the cache',
    });
  });

  test('is at least as long, which is enough to be worse or better', () => {
    const better = judge(rounds(9, 3_000), rounds(9, null));
    expect(better).toMatchObject({ verdict: 'better', censored: { strategy: 0, against: 9 } });
    expect(better?.ratio).toBeCloseTo(3 / 7, 3);
    const worse = judge(rounds(9, null), rounds(9, 3_000));
    expect(worse).toMatchObject({ verdict: 'worse', censored: { strategy: 9, against: 0 } });
  });

  test('is no equivalence in one round either, though the others agree', () => {
    const judged = judge([...rounds(8, 6_950), null], rounds(9, 6_950));
    expect(judged).toMatchObject({ verdict: 'inconclusive', censored: { strategy: 1, against: 0 } });
    expect(judged?.reason).toMatch(/1 of 9 rounds .*longer/);
    expect(judge(rounds(9, 6_950), rounds(9, 6_950))?.verdict).toBe('equivalent');
  });

  test('is a tie in a round where both were cut short, and the others decide', () => {
    const judged = judge([null, ...rounds(8, 3_000)], rounds(9, null));
    expect(judged?.verdict).toBe('better');
    expect(judged?.high).toBe(1);
  });

  test('is no order where the two storms ended at other times', () => {
    const late: Pair = { value: 6_000, against: 7_000, censored: { value: true, against: false } };
    expect(comparePairs(TO95, [rounds(9, late)])[0]?.verdict).toBe('inconclusive');
  });

  test('has no noise to tell of when the baseline was never back', () => {
    const floor = (again: readonly (number | null)[], baseline: readonly (number | null)[]) => {
      const byStrategy = new Map([
        ['none', trials(baseline)],
        ['none-again', trials(again)],
      ]);
      const planned = { baseline: 'none', again: 'none-again' } as PlannedScenario;
      const judged = comparePairs(TO95, [pairByRound(trials(again), trials(baseline), TO95)]);
      const comparisons = judged.map((each) => ({ ...each, strategy: 'none-again', against: 'none' }));
      return noiseFloorOf(byStrategy, planned, comparisons);
    };
    expect(floor(rounds(7, null), rounds(7, null))).toEqual([]);
    expect(floor([3_000, ...rounds(6, null)], rounds(7, null))).toMatchObject([{ rounds: 7 }]);
  });

  test('is said of nothing else', () => {
    const other = trials(rounds(9, null));
    expect(
      comparePairs('recovery.stuck', [pairByRound(other, other, 'recovery.stuck')])[0],
    ).not.toHaveProperty('censored');
    expect(judge(rounds(9, 10), rounds(9, 10))).not.toHaveProperty('censored');
  });
});

describe('nothing on one side', () => {
  const lost = (...pairs: readonly (readonly [number, number])[]) =>
    comparePairs('recovery.lost', [pairs.map(([value, against]) => ({ value, against }))])[0];

  test('of half the rounds is no astronomic ratio', () => {
    const some = lost([3, 1], [3, 1], [3, 1], [3, 0], [3, 0], [3, 0], [3, 0], [3, 1]);
    expect(some).toMatchObject({ ratio: null, high: null, verdict: 'worse' });
    expect(some?.low).toBeCloseTo(3);
    expect(some?.minimumDetectableEffect).toBeLessThan(10);
    const none = lost([0, 3], [1, 3], [0, 3], [1, 3], [0, 3], [1, 3], [0, 3], [1, 3]);
    expect(none).toMatchObject({ ratio: 0, low: 0, verdict: 'better' });
  });

  test('or on both is decided by the rounds that have something', () => {
    expect(lost(...rounds(9, [0, 2_300] as const))).toMatchObject({ ratio: 0, verdict: 'better' });
    expect(lost(...rounds(9, [0, 0] as const))).toMatchObject({ ratio: 1, verdict: 'equivalent' });
    expect(lost(...rounds(7, [0, 0] as const), [0, 1], [1, 0])).toMatchObject({ ratio: 1, pValue: 1 });
  });
});

test('a metric that some rounds lack is judged by the others, and says how many', () => {
  const [full, gaps] = [trials(rounds(9, 100)), trials(rounds(9, 10))];
  const withGaps = gaps.map((trial, index) =>
    index < 4 ? { ...trial, values: { ...trial.values, [TO95]: null } } : trial,
  );
  const judged = comparePairs(TO95, [pairByRound(withGaps, full, TO95), pairByRound(gaps, full, TO95)]);
  expect(judged.map((each) => [each.rounds, each.basis, each.verdict])).toEqual([
    [5, 'magnitude', 'better'],
    [9, 'exact', 'better'],
  ]);
});
