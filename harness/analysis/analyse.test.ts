import { describe, expect, test } from 'vitest';
import { poissonQuantile } from '../../scenarios/strategies/count-quantiles.ts';
import type { ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import type { StrategyResult } from '../result/schema.ts';
import { analyse } from './analyse.ts';
import { FALSE_ALARM } from './bound-noise.ts';
import { EXPIRIES, sampleOf, type TrialFacts, withTrials } from './fixtures/trials.ts';

// The storm of the fixtures, whatever the scenario's own is by now.
const contest = await loadContest('breakdown', [{ path: ['cache', 'ttlMs'], value: 500 }], null);
const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' });
const planned = plan.scenarios[0];
if (planned === undefined) throw new Error('the plan has no scenario');
const definitionOf = (name: string) => definitions.get(name) as ReadStrategyDefinition;
const definitions = new Map(contest.contenders.map(({ definition }) => [definition.name, definition]));

/** Three rounds of one strategy as the only ones of the plan. */
function judged(facts: TrialFacts, rounds = [1, 2, 3]) {
  const only = { ...planned, strategies: planned?.strategies.filter(({ name }) => name === facts.strategy) };
  const samples = rounds.map((round) =>
    sampleOf(planned as NonNullable<typeof planned>, { ...facts, round }),
  );
  const narrowed = { ...plan, scenarios: [only as NonNullable<typeof planned>] };
  const analysed = analyse(withTrials(narrowed, samples), samples, definitions);
  const strategy = analysed.scenarios[0]?.strategies[0];
  return { ...analysed, strategy, codes: analysed.scenarios[0]?.warnings.map(({ code }) => code) ?? [] };
}

const bound = (strategy: StrategyResult | undefined, metric: string) =>
  strategy?.bounds.find((held) => held.metric === metric);

describe('bounds', () => {
  test('none: 1 + r d, within what Poisson counts scatter', () => {
    const { strategy, verdict } = judged({ strategy: 'none', reads: 101 * EXPIRIES });
    const loads = bound(strategy, 'db.loadsPerExpiry');
    expect(loads?.predicted.value).toBeCloseTo(101);
    expect(loads?.measured).toBeCloseTo(101);
    expect(loads?.holds).toBe(true);
    // Nobody measured the services' stalls: as of arrivals that are independent of each other.
    const pooled = 3 * EXPIRIES;
    expect(loads?.predicted.high).toBeCloseTo(poissonQuantile(1 - FALSE_ALARM / 2, 101 * pooled) / pooled);
    expect(verdict).toBe('pass');
  });

  test('none: evenly spaced arrivals scatter by their phase and by stalls alone', () => {
    const facts = { strategy: 'none', serviceStallMs: 9 } as const;
    const loads = (each: number) =>
      bound(judged({ ...facts, reads: each * EXPIRIES }).strategy, 'db.loadsPerExpiry');
    // 1,000/s, stalls of 1 and 9 ms: 10 requests for each of 15 expiries, and one.
    const slack = 1 + 10 / Math.sqrt(3 * EXPIRIES);
    expect(loads(101)?.predicted.low).toBeCloseTo(100 - slack);
    expect(loads(101)?.predicted.high).toBeCloseTo(101 + slack);
    expect([98, 102, 105].map((each) => loads(each)?.holds)).toEqual([true, true, false]);
  });

  test.each([
    ['none', 60],
    ['none', 140],
    ['single-flight', 2.5],
    ['mutex', 1.5],
    ['logical-expiry', 2],
    ['logical-expiry', 0.5],
    ['lease', 1.5],
    ['xfetch+lock', 1.5],
    ['refresh-ahead', 2.5],
    ['refresh-ahead', 0.5],
    ['hot-key-l1', 2.5],
  ])('%s with %f loads per expiry fails', (name, loads) => {
    const { expiry } = definitionOf(name);
    const { strategy, verdict } = judged({ strategy: name, expiry, reads: Math.round(loads * EXPIRIES) });
    expect(bound(strategy, 'db.loadsPerExpiry')?.holds).toBe(false);
    expect(verdict).toBe('fail');
  });

  test.each([
    ['single-flight', 2],
    ['mutex', 1],
    ['logical-expiry', 1],
    ['lease', 1],
    ['xfetch+lock', 1],
    ['refresh-ahead', 2],
    ['hot-key-l1', 2],
  ])('%s with %i loads per expiry holds, and so with one load more at the edge', (name, loads) => {
    const { expiry } = definitionOf(name);
    for (const extra of [0, 1]) {
      const { verdict } = judged({ strategy: name, expiry, reads: loads * EXPIRIES + extra });
      expect(verdict).toBe('pass');
    }
  });

  test('xfetch: e^(1/beta) a renewal, within what geometric counts scatter', () => {
    const facts = { strategy: 'xfetch-beta-0.5', expiry: 'early' } as const;
    const held = (loads: number) =>
      bound(judged({ ...facts, reads: Math.round(loads * EXPIRIES) }).strategy, 'db.loadsPerExpiry');
    const mean = held(7)?.predicted.value ?? 0;
    expect(mean).toBeCloseTo(Math.exp(2), 0);
    expect([held(7)?.holds, held(10)?.holds, held(20)?.holds]).toEqual([true, true, false]);
  });

  test('logical expiry fails when its readers wait', () => {
    const facts = { strategy: 'logical-expiry', expiry: 'logical', reads: EXPIRIES } as const;
    expect(bound(judged({ ...facts, responseMs: 120 }).strategy, 'latency.response.p99')?.holds).toBe(false);
    expect(bound(judged({ ...facts, responseMs: 20 }).strategy, 'latency.response.p99')?.holds).toBe(true);
  });

  test('too old an entry fails', () => {
    const { strategy } = judged({ strategy: 'mutex', reads: EXPIRIES, maxAgeMs: 700 });
    expect(bound(strategy, 'age.maxMs')?.holds).toBe(false);
  });
});

describe('outcomes', () => {
  const facts: TrialFacts = { strategy: 'none', reads: 101 * EXPIRIES, responseMs: 100 };
  const competing = { ...planned, strategies: planned.strategies.slice(0, 1) };

  function without(unprotected: string | undefined) {
    const { unprotected: _, ...rest } = competing;
    const only = { ...rest, ...(unprotected === undefined ? {} : { unprotected }) };
    const samples = [1, 2, 3].map((round) =>
      sampleOf(planned as NonNullable<typeof planned>, { ...facts, round }),
    );
    const analysed = analyse(withTrials({ ...plan, scenarios: [only] }, samples), samples, definitions);
    return { verdict: analysed.verdict, strategy: analysed.scenarios[0]?.strategies[0] };
  }

  test('a baseline that does what theory predicts is held, and not protected', () => {
    const { verdict, strategy } = without('none');
    expect([verdict, strategy?.asPredicted, strategy?.outcome?.verdict]).toEqual([
      'pass',
      'pass',
      'not protected',
    ]);
  });

  test('a contender that states no bounds is judged by it', () => {
    const unbound = new Map([['mutex', { ...definitionOf('mutex'), predict: () => [] }]]);
    const verdicts = [1, 50].map((loads) => {
      const mutex = { ...competing, strategies: planned.strategies.filter(({ name }) => name === 'mutex') };
      const samples = [1, 2, 3].map((round) =>
        sampleOf(planned, { strategy: 'mutex', reads: loads * EXPIRIES, round }),
      );
      return analyse(withTrials({ ...plan, scenarios: [mutex] }, samples), samples, unbound).verdict;
    });
    expect(verdicts).toEqual(['pass', 'fail']);
  });

  test('a mitigation that does what theory predicts and does not protect fails', () => {
    const { verdict, strategy } = without(undefined);
    expect([verdict, strategy?.asPredicted, strategy?.outcome?.verdict]).toEqual([
      'fail',
      'pass',
      'not protected',
    ]);
  });
});

describe('over rounds', () => {
  const inRounds = (strategy: string, loads: readonly number[]) => {
    const only = { ...planned, strategies: planned.strategies.filter(({ name }) => name === strategy) };
    const { expiry } = definitionOf(strategy);
    const samples = loads.map((each, index) =>
      sampleOf(planned, { strategy, expiry, reads: Math.round(each * EXPIRIES), round: index + 1 }),
    );
    const narrowed = { ...plan, scenarios: [{ ...only, rounds: loads.length }] };
    const { scenarios, verdict } = analyse(withTrials(narrowed, samples), samples, definitions);
    return { verdict, ...bound(scenarios[0]?.strategies[0], 'db.loadsPerExpiry') };
  };

  test('what is promised always fails in one round of many, which is named', () => {
    expect(inRounds('mutex', [1, 1, 50])).toMatchObject({
      verdict: 'fail',
      holds: false,
      measured: 50,
      reason: 'outside in round 3 (50)',
    });
    expect(inRounds('mutex', [7, 1, 2])).toMatchObject({ reason: 'outside in round 1 (7) and round 3 (2)' });
    expect(inRounds('mutex', [1, 1, 1])).toMatchObject({ verdict: 'pass', measured: 1 });
  });

  test('counts are added up: more rounds allow less', () => {
    const limits = (rounds: number) => {
      const { predicted } = inRounds('xfetch', new Array(rounds).fill(2.6));
      return [predicted?.low ?? 0, predicted?.high ?? 0] as const;
    };
    const [[low1, high1], [low9, high9]] = [limits(1), limits(9)];
    expect(high9 - low9).toBeLessThan((high1 - low1) / 2);
    const between = (high1 + high9) / 2;
    expect(inRounds('xfetch', [between]).holds).toBe(true);
    expect(inRounds('xfetch', new Array(9).fill(between)).holds).toBe(false);
  });

  test('scatter beyond chance leaves a sum open, and is told', () => {
    expect(inRounds('none', [1, 1, 300])).toMatchObject({
      verdict: 'inconclusive',
      holds: null,
      reason: 'the rounds scatter more than chance explains: round 3 (300) against 101 in all',
    });
  });

  test('but not where every round breaks it', () => {
    expect(inRounds('none', [250, 320, 400]).holds).toBe(false);
  });
});

describe('doubts take the verdict away', () => {
  const facts: TrialFacts = { strategy: 'mutex', reads: EXPIRIES };

  test.each<[string, Partial<TrialFacts>]>([
    ['truth-disagrees', { serviceReads: EXPIRIES + 1 }],
    ['requests-lost', { lost: 1 }],
    ['generator-late', { pacerLagMs: 60 }],
    ['generator-exhausted', { errors: { EMFILE: 1 } }],
    ['no-expiry', { quiet: true }],
  ])('%s', (code, doubt) => {
    const { verdict, codes, strategy } = judged({ ...facts, ...doubt });
    expect(codes).toContain(code);
    expect(strategy?.verdict).toBe('inconclusive');
    expect(verdict).toBe('inconclusive');
  });

  describe('but none from what the other rounds prove', () => {
    /** Facts of the rounds, one after the other. */
    const inRounds = (...rounds: readonly Partial<TrialFacts>[]) => {
      const only = {
        ...planned,
        rounds: 4,
        strategies: planned.strategies.filter(({ name }) => name === 'mutex'),
      };
      const narrowed = { ...plan, scenarios: [only] };
      const samples = rounds.map((round, index) =>
        sampleOf(planned, { ...facts, ...round, round: index + 1 }),
      );
      return analyse(withTrials(narrowed, samples), samples, definitions);
    };
    const failing = { reads: 9 * EXPIRIES };

    test.each<[string, Partial<TrialFacts>]>([
      ['a count mismatch', { serviceReads: EXPIRIES + 1 }],
      ['a generator that was late', { pacerLagMs: 60 }],
    ])('%s in one round leaves the failure of three', (_, doubt) => {
      const { verdict, scenarios } = inRounds(failing, failing, failing, doubt);
      expect(scenarios[0]?.strategies[0]).toMatchObject({ verdict: 'fail' });
      expect([scenarios[0]?.verdict, verdict]).toEqual(['fail', 'fail']);
    });

    test('a round that is missing leaves it, too', () => {
      expect(inRounds(failing, failing, failing).verdict).toBe('fail');
      expect(inRounds({}, {}, {}).verdict).toBe('inconclusive');
    });

    test('a void round proves nothing itself', () => {
      const unsound = { reads: 9 * EXPIRIES, serviceReads: EXPIRIES };
      expect(inRounds({}, {}, {}, unsound).verdict).toBe('inconclusive');
      const alone = inRounds(unsound, unsound, unsound, unsound);
      expect(alone.verdict).toBe('inconclusive');
      expect(
        alone.scenarios[0]?.strategies[0]?.bounds.map(({ holds, reason }) => [holds, reason]),
      ).toContainEqual([null, 'a round is void or missing']);
    });

    test('an interrupted run keeps what it has proven', () => {
      const samples = [1, 2, 3].map((round) => sampleOf(planned, { ...facts, ...failing, round }));
      expect(analyse(plan, samples, definitions).verdict).toBe('fail');
    });
  });

  test('background errors are told, but judge nothing', () => {
    const { verdict, codes } = judged({ ...facts, backgroundErrors: 2 });
    expect(codes).toContain('background-errors');
    expect(verdict).toBe('pass');
  });

  test('a warm-up that never got steady is told, but judges nothing', () => {
    const { verdict, codes } = judged({ ...facts, steady: false });
    expect(codes).toContain('warm-up-unsteady');
    expect(verdict).toBe('pass');
    for (const fine of [facts, { ...facts, steady: true }])
      expect(judged(fine).codes).not.toContain('warm-up-unsteady');
  });

  test('a repeated trial is told, and judged by its second try', () => {
    const { verdict, codes } = judged({ ...facts, voided: ['it was late'] });
    expect(codes).toContain('trial-repeated');
    expect(verdict).toBe('pass');
  });

  test('two rounds are told to be few', () => {
    const narrowed = { ...plan, scenarios: [{ ...planned, rounds: 2 } as NonNullable<typeof planned>] };
    expect(analyse(narrowed, [], definitions).scenarios[0]?.warnings[0]?.code).toBe('few-rounds');
  });

  test('an interrupted run is inconclusive, and shows what it has', () => {
    const sample = sampleOf(planned, { ...facts, round: 1 });
    const analysed = analyse(plan, [sample], definitions);
    expect(analysed.verdict).toBe('inconclusive');
    expect(analysed.warnings.map(({ code }) => code)).toEqual(['interrupted']);
    expect(analysed.scenarios[0]?.strategies.map(({ name }) => name)).toEqual(['mutex']);
  });

  test('nothing measured is inconclusive', () => {
    expect(analyse(plan, [], definitions).verdict).toBe('inconclusive');
  });
});

describe('comparisons', () => {
  test('are paired by round against the baseline, and agree only when every round does', () => {
    const samples = [1, 2, 3].flatMap((round) => [
      sampleOf(planned, { strategy: 'none', round, reads: 505 * round, responseMs: 100 }),
      sampleOf(planned, { strategy: 'mutex', round, reads: 5 * round, responseMs: round === 1 ? 90 : 120 }),
    ]);
    const { comparisons, answer } = analyse(plan, samples, definitions).scenarios[0] ?? {};
    const reads = comparisons?.find(({ metric }) => metric === 'db.reads');
    expect(reads).toMatchObject({ strategy: 'mutex', against: 'none', verdict: 'better' });
    expect(reads?.ratio).toBeCloseTo(0.0099, 4);
    expect(comparisons?.find(({ metric }) => metric === 'latency.response.p99')?.verdict).toBe(
      'inconclusive',
    );
    expect(answer).toMatch(/^With no protection there were 202 \(theory 101\) database queries per expiry/);
  });
});
