import { describe, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { seededRandom } from '../time/random.ts';
import { allowedCount, type CountedRound, outside, scatteredRound } from './bound-noise.ts';
import { simulated } from './fixtures/simulated-run.ts';

const rounds = (counts: readonly number[], mean = 10): CountedRound[] =>
  counts.map((count) => ({ of: 4, count, low: mean, high: mean, heldUp: null }));

describe('what chance allows', () => {
  test('narrows with the rounds, for each kind of count', () => {
    for (const kind of ['poisson', 'geometric'] as const) {
      const width = (n: number) => {
        const { low, high } = allowedCount(kind, rounds(new Array(n).fill(40)));
        return ((high ?? 0) - (low ?? 0)) / n;
      };
      expect(width(9)).toBeLessThan(width(1) / 2.5);
    }
    const share = (of: number) => {
      const { low, high } = allowedCount('binomial', [{ of, count: 0, low: 0.5, high: 0.5, heldUp: null }]);
      return ((high ?? 0) - (low ?? 0)) / of;
    };
    expect(share(9_000)).toBeLessThan(share(1_000) / 2.5);
  });

  test('of evenly spaced arrivals is their phase, and the stalls', () => {
    const still = rounds([40, 40]).map((round) => ({ ...round, heldUp: 0 }));
    expect(allowedCount('poisson', still)).toEqual({ low: 80 - 8, high: 80 + 8 });
    const stalled = still.map((round) => ({ ...round, heldUp: 10 }));
    expect(allowedCount('poisson', stalled).high).toBeCloseTo(80 + 8 + Math.sqrt(8 * 100));
  });

  test('leaves a limit away where theory has none', () => {
    const oneSided = rounds([40]).map((round) => ({ ...round, low: null }));
    expect(allowedCount('poisson', oneSided).low).toBeNull();
    expect(outside(1_000, allowedCount('poisson', oneSided))).toBeGreaterThan(0);
    expect(outside(0, allowedCount('poisson', oneSided))).toBe(0);
  });

  test('names the round that lies furthest from the others', () => {
    expect(scatteredRound('poisson', rounds([40, 38, 120, 41]))).toBe(2);
    expect(scatteredRound('poisson', rounds([120, 118, 122, 121]))).toBeNull();
    expect(scatteredRound('poisson', rounds([40, 38, 44, 41]))).toBeNull();
    expect(scatteredRound('poisson', [])).toBeNull();
  });
});

test('runs that theory draws raise no alarm, and those of half as many readers more do', async () => {
  const contest = await loadContest('breakdown', [], ['none', 'xfetch', 'xfetch-beta-2']);
  const [planned] = expandPlan([contest], { seed: 1, profile: 'standard', infra: 'local' }).scenarios;
  if (planned === undefined) throw new Error('no plan');
  const random = seededRandom(1);
  for (const contender of contest.contenders) {
    const { chances, run } = simulated(planned, contender);
    expect(chances).toBe(1);
    for (let drawn = 0; drawn < 10; drawn++) expect(run(random)).toEqual([true]);
  }
  const [none] = contest.contenders;
  if (none === undefined) throw new Error('no baseline');
  expect(simulated(planned, none).run(random, 1.5)).toEqual([false]);
});
