/** By what strategies are compared: what their scenario shows, what its thresholds compare, and nothing else. */
import { describe, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { builtInScenarios, loadScenario } from '../catalog/scenarios.ts';
import { expandPlan, type PlannedScenario } from '../plan/plan.ts';
import type { MetricName } from '../result/metrics.ts';
import { analyse } from './analyse.ts';
import { comparedMetrics } from './compared-metrics.ts';
import { EXPIRIES, sampleOf, type TrialFacts, withTrials } from './fixtures/trials.ts';

const USUAL = [
  'db.reads',
  'db.loadsPerExpiry',
  'latency.response.p50',
  'latency.response.p99',
  'goodput',
] as const satisfies readonly MetricName[];

const scenarioWith = async (columns: readonly string[] | null, thresholds: readonly string[] = []) =>
  loadScenario('breakdown', [
    { path: ['columns'], value: columns },
    { path: ['thresholds'], value: thresholds },
  ]);

describe('the metrics compared', () => {
  test('are the scenario’s columns in their order, the usual ones without', async () => {
    expect(comparedMetrics(await scenarioWith(null))).toEqual(USUAL);
    expect(comparedMetrics(await scenarioWith(['age.maxMs', 'db.reads']))).toEqual(['age.maxMs', 'db.reads']);
  });

  test('have a good end: of two loads that offered more, none is better', async () => {
    expect(comparedMetrics(await scenarioWith(['requests.offered', 'db.peakQps']))).toEqual(['db.peakQps']);
  });

  test('are those of relative thresholds too, once each', async () => {
    const thresholds = ['vs none: db.peakQps < 50%', 'mutex vs none: goodput > -1%', 'goodput > 90%'];
    expect(comparedMetrics(await scenarioWith(['goodput'], thresholds))).toEqual(['goodput', 'db.peakQps']);
    expect(comparedMetrics(await scenarioWith(['goodput'], ['age.maxMs < 1s']))).toEqual(['goodput']);
  });

  test('hold what each scenario of ours is about', async () => {
    const of = async (name: string) => comparedMetrics(await loadScenario(name, []));
    expect(await of('breakdown')).toEqual(USUAL);
    expect(await of('avalanche')).toContain('recovery.to95Ms');
    expect(await of('penetration')).toContain('honest.latency.response.p99');
    for (const { name } of builtInScenarios()) expect(await of(name)).toContain('db.reads');
  });
});

describe('a scenario’s result', () => {
  async function judged(columns: readonly MetricName[], thresholds: readonly string[], again: number) {
    const settings = [
      { path: ['cache', 'ttlMs'], value: 500 },
      { path: ['columns'], value: columns },
    ];
    const contest = await loadContest('breakdown', settings, ['none', 'mutex'], { thresholds, aa: true });
    const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: 7 });
    const planned = plan.scenarios[0] as PlannedScenario;
    const trial = (strategy: string, facts: Omit<TrialFacts, 'strategy'>) =>
      Array.from({ length: 7 }, (_, index) => sampleOf(planned, { ...facts, strategy, round: index + 1 }));
    const samples = [
      ...trial('none', { reads: 101 * EXPIRIES, responseMs: 100 }),
      ...trial('none-again', { reads: 101 * EXPIRIES, responseMs: again }),
      ...trial('mutex', { reads: EXPIRIES, responseMs: 90 }),
    ];
    const definitions = new Map(contest.contenders.map(({ name, definition }) => [name, definition]));
    const scenario = analyse(withTrials(plan, samples), samples, definitions).scenarios[0];
    if (scenario === undefined) throw new Error('no scenario');
    return scenario;
  }

  test('compares every contender, and the baseline with itself, by its columns', async () => {
    const columns = ['db.reads', 'age.maxMs', 'db.hitRate'] as const;
    const { comparisons, noiseFloor } = await judged(columns, [], 100);
    expect(noiseFloor?.map(({ metric }) => metric)).toEqual(columns);
    for (const name of ['none-again', 'mutex']) {
      const own = comparisons.filter(({ strategy }) => strategy === name);
      expect(own.map(({ metric }) => metric)).toEqual(columns);
    }
  });

  test('knows the noise of what a threshold compares, though no column shows it', async () => {
    const threshold = 'mutex vs none: latency.response.p99 < 95%';
    const calm = await judged(['db.reads'], [threshold], 100);
    const noisy = await judged(['db.reads'], [threshold], 130);
    const held = (scenario: typeof calm) => scenario.strategies.at(-1)?.thresholds.map(({ holds }) => holds);
    expect([held(calm), held(noisy)]).toEqual([[true], [null]]);
  });
});
