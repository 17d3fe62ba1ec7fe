/** The baseline against itself: what it says, and what it takes from the others. */
import { describe, expect, test } from 'vitest';
import { definitionsOf, loadContest } from '../catalog/contest.ts';
import { expandPlan, type PlannedScenario } from '../plan/plan.ts';
import { analyse } from './analyse.ts';
import { EXPIRIES, sampleOf, type TrialFacts, withTrials } from './fixtures/trials.ts';

type Facts = Omit<TrialFacts, 'strategy'>;

const NONE = { reads: 101 * EXPIRIES, responseMs: 100 };
const MUTEX = { reads: EXPIRIES, responseMs: 90 };
const times = (n: number, facts: Facts): Facts[] => Array.from({ length: n }, () => facts);

async function judged(
  trials: Readonly<Record<string, readonly Facts[]>>,
  thresholds: readonly string[] = [],
) {
  const names = Object.keys(trials).filter((name) => name !== 'none-again');
  // Six whole periods of an entry.
  const settings = [
    { path: ['cache', 'ttlMs'], value: 500 },
    { path: ['profiles', 'smoke', 'stormMs'], value: 3_240 },
  ];
  const aa = 'none-again' in trials;
  const contest = await loadContest('breakdown', settings, names, { thresholds, aa });
  const rounds = trials.none?.length ?? 0;
  const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds });
  const planned = plan.scenarios[0] as PlannedScenario;
  const samples = Object.entries(trials).flatMap(([strategy, facts]) =>
    facts.map((fact, index) => sampleOf(planned, { ...fact, strategy, round: index + 1 })),
  );
  const { verdict, scenarios } = analyse(withTrials(plan, samples), samples, definitionsOf([contest]));
  const scenario = scenarios[0];
  if (scenario === undefined) throw new Error('no scenario');
  const comparison = (strategy: string, metric: string) =>
    scenario.comparisons.find((held) => held.strategy === strategy && held.metric === metric);
  const floor = (metric: string) => scenario.noiseFloor?.find((held) => held.metric === metric);
  return { ...scenario, verdict, comparison, floor, codes: scenario.warnings.map(({ code }) => code) };
}

describe('the noise floor', () => {
  const slower = [1.02, 1 / 1.04, 1.01].map((by) => ({ ...NONE, responseMs: 100 * by }));

  test('is the difference either way: its median, and the end of the interval', async () => {
    const { floor, comparison, codes, verdict } = await judged({
      none: times(3, NONE),
      'none-again': slower,
      mutex: times(3, MUTEX),
    });
    const p99 = floor('latency.response.p99');
    expect(p99).toMatchObject({ rounds: 3, confidence: 0.75, verdict: 'inconclusive' });
    expect(p99?.median).toBeCloseTo(0.02, 3);
    expect(p99?.within).toBeCloseTo(0.04, 3);
    expect(floor('db.reads')).toMatchObject({ median: 0, within: 0 });
    expect(comparison('none-again', 'latency.response.p99')?.ratio).toBeCloseTo(1.01, 3);
    expect([codes, verdict]).toEqual([[], 'pass']);
  });

  test('has no limit where one of the two had nothing', async () => {
    const { floor } = await judged({
      none: times(3, { ...NONE, reads: 0 }),
      'none-again': [NONE, NONE, { ...NONE, reads: 0 }],
    });
    expect(floor('db.reads')).toMatchObject({ median: null, within: null });
  });

  test('is absent without --aa', async () => {
    expect((await judged({ none: times(3, NONE), mutex: times(3, MUTEX) })).noiseFloor).toBeUndefined();
  });
});

describe('the baseline again', () => {
  const trials = { none: times(7, NONE), 'none-again': times(7, NONE), mutex: times(7, MUTEX) };

  test('says what it is, is held to the baseline’s bounds, and is no answer', async () => {
    const { strategies, answer } = await judged(trials);
    expect(strategies.map(({ name, aa, baseline }) => [name, aa ?? false, baseline])).toEqual([
      ['none', false, true],
      ['none-again', true, false],
      ['mutex', false, false],
    ]);
    expect(strategies[1]?.idea).toContain('The baseline none, run again');
    expect(strategies[1]?.bounds).toEqual(strategies[0]?.bounds);
    expect(answer).not.toContain('again');
  });

  test('is outside the contenders’ family', async () => {
    const jitter = (by: number) => trials.none.map((facts, round) => ({ ...facts, responseMs: by + round }));
    const apart = { none: jitter(100), mutex: jitter(80), 'single-flight': jitter(85) };
    const together = { ...apart, 'none-again': jitter(101) };
    for (const strategy of ['mutex', 'single-flight']) {
      const alone = (await judged(apart)).comparison(strategy, 'latency.response.p99');
      expect((await judged(together)).comparison(strategy, 'latency.response.p99')).toEqual(alone);
      expect(alone?.pAdjusted).toBeGreaterThan(alone?.pValue ?? 1);
    }
    const own = (await judged(together)).comparison('none-again', 'latency.response.p99');
    expect(own?.pAdjusted).toBe(own?.pValue);
  });

  test('is spared by thresholds without a name, and held to those with its own', async () => {
    const expressions = ['db.reads < 9', 'vs none: db.reads < 10%', 'none-again vs none: db.reads < +5%'];
    const { strategies } = await judged(trials, expressions);
    expect(strategies.map(({ name, thresholds }) => [name, thresholds.map(({ holds }) => holds)])).toEqual([
      ['none', []],
      ['none-again', [true]],
      ['mutex', [true, true]],
    ]);
    const alone = await judged({ none: trials.none, 'none-again': trials.none }, ['db.reads < 9']);
    expect(alone.strategies.map(({ thresholds }) => thresholds.length)).toEqual([1, 0]);
  });
});

describe('a baseline that differs from itself', () => {
  const slow = times(7, { ...NONE, responseMs: 130 });
  const relative = ['vs none: latency.response.p99 < 95%', 'vs none: db.reads < 10%'];
  const own = 'none-again vs none: latency.response.p99 < +50%';
  const absolute = 'latency.response.p99 < 95ms';

  test('takes the verdict from that metric’s comparisons and relative thresholds, and no others', async () => {
    const { comparison, codes, strategies, verdict, warnings } = await judged(
      { none: times(7, NONE), 'none-again': slow, mutex: times(7, MUTEX) },
      [...relative, absolute, own],
    );
    expect(codes).toEqual(['aa-differs']);
    expect(warnings[0]?.message).toContain('latency.response.p99 × 1.3, worse');
    expect(comparison('none-again', 'latency.response.p99')?.verdict).toBe('worse');
    expect(comparison('mutex', 'latency.response.p99')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the baseline differs from itself in this metric',
    });
    expect(comparison('mutex', 'db.reads')?.verdict).toBe('better');
    expect(strategies.at(-1)?.thresholds.map(({ holds }) => holds)).toEqual([null, true, true]);
    expect(strategies[1]?.thresholds.map(({ holds }) => holds)).toEqual([true]);
    expect(verdict).toBe('inconclusive');
  });

  test('leaves a scenario alone that asks nothing relative of it', async () => {
    const { verdict } = await judged({ none: times(7, NONE), 'none-again': slow, mutex: times(7, MUTEX) }, [
      relative[1] ?? '',
      absolute,
    ]);
    expect(verdict).toBe('pass');
  });
});

describe('a change smaller than the noise floor', () => {
  // The farther end of the interval is that of the six rounds' widest differences but one.
  const noisy = [1.09, 1 / 1.09, 1.08, 1 / 1.08, 1.09, 1 / 1.09, 1].map((by) => ({
    ...NONE,
    responseMs: 100 * by,
  }));
  const mutex = (by: number) => times(7, { ...MUTEX, responseMs: 100 * by });

  test('is told, and keeps its verdict', async () => {
    const { floor, codes, comparison, warnings, verdict } = await judged({
      none: times(7, NONE),
      'none-again': noisy,
      mutex: mutex(1 / 1.07),
    });
    expect(floor('latency.response.p99')?.within).toBeGreaterThan(0.075);
    expect(codes).toEqual(['aa-wider-than-effect']);
    expect(warnings[0]).toMatchObject({ strategy: 'mutex' });
    expect(warnings[0]?.message).toMatch(
      /latency\.response\.p99 is better \(× 0\.935\), but none differs from itself by up to × 1\.0[89]\d*, up or down/,
    );
    expect(comparison('mutex', 'latency.response.p99')?.verdict).toBe('better');
    expect(verdict).toBe('pass');
  });

  test('is none when it is larger, or when the baseline did not run again', async () => {
    const larger = { none: times(7, NONE), 'none-again': noisy, mutex: mutex(1 / 1.2) };
    expect((await judged(larger)).codes).toEqual([]);
    expect((await judged({ none: times(7, NONE), mutex: mutex(1 / 1.07) })).codes).toEqual([]);
  });
});
