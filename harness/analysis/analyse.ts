import { expiryOf, type StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { Contender, Plan, PlannedScenario } from '../plan/plan.ts';
import type { TrialSample } from '../record/sample.ts';
import { agreeing } from '../result/agreement.ts';
import { type MetricName, metricFacts, metricNames } from '../result/metrics.ts';
import type {
  BoundResult,
  Metric,
  ScenarioResult,
  StrategyResult,
  ThresholdResult,
  Verdict,
  Warning,
} from '../result/schema.ts';
import { originCapacityPerSec } from '../scenario/schema.ts';
import { answerOf } from './answer/answer.ts';
import { checkBounds } from './bounds.ts';
import { claimsOf, type Ground } from './claims/claims.ts';
import { compareWithBaseline } from './comparisons.ts';
import { periodWarnings } from './expiry-periods.ts';
import { freshnessOf } from './freshness.ts';
import { describeLoad } from './load-description.ts';
import { latencyWarnings, loadWarnings } from './load-warnings.ts';
import { machineWarnings } from './machine-warnings.ts';
import { Belief, noiseFloorOf, noiseFloorWarnings } from './noise-floor.ts';
import { outcomesOf, outcomeVerdict, withOutcomes } from './outcome/outcomes.ts';
import { stormWarnings } from './outcome/storm-warnings.ts';
import { medianInterval } from './statistics/median-interval.ts';
import { median } from './statistics/summary.ts';
import { evaluateThresholds } from './thresholds/evaluate.ts';
import { parseThreshold } from './thresholds/parse.ts';
import { spectrumOf, timelineOf } from './timeline.ts';
import { NO_FINDINGS, readTrial, type TrialFindings, type TrialReading } from './trial.ts';
import { triggersOf } from './triggers.ts';
import { voids, warn } from './warning-catalogue.ts';
import { roundWarnings, sharingWarnings, trialWarnings } from './warnings.ts';
import { worstKeyOf } from './worst-key.ts';

export interface Analysed {
  readonly verdict: Verdict;
  readonly warnings: Warning[];
  readonly scenarios: ScenarioResult[];
}

/**
 * From plan and samples to verdicts. Pure: the same files give the same result, a year later too.
 *
 * @param definitions The strategies of the plan, by name: their predictions are part of the analysis.
 * @param findings What is made of a trial's files beside its sample. @default there are none
 */
export function analyse(
  plan: Plan,
  samples: readonly TrialSample[],
  definitions: ReadonlyMap<string, StrategyDefinition>,
  findings: ReadonlyMap<TrialSample, TrialFindings> = new Map(),
): Analysed {
  const found = plan.scenarios.map((planned) =>
    analyseScenario(
      planned,
      samples.filter(({ trial }) => trial.scenario === planned.scenario.name),
      { definitions, findings },
    ),
  );
  // Last: a claim may be about a scenario and its variants.
  const grounds = new Map(found.map(({ ground }) => [ground.planned.scenario.name, ground]));
  const scenarios = found.map(({ result, ground }) => ({ ...result, ...claimsOf(ground.planned, grounds) }));
  const done = samples.length;
  const interrupted = done < plan.trials.length;
  const warnings = interrupted
    ? [
        warn(
          'interrupted',
          `stopped after ${done} of ${plan.trials.length} ${agreeing(plan.trials.length, 'trial')}`,
        ),
      ]
    : [];
  const verdict = worst([
    ...scenarios.map((scenario) => scenario.verdict),
    ...(interrupted ? (['inconclusive'] as const) : []),
  ]);
  return { verdict, warnings, scenarios };
}

interface Known {
  readonly definitions: ReadonlyMap<string, StrategyDefinition>;
  readonly findings: ReadonlyMap<TrialSample, TrialFindings>;
}

function analyseScenario(
  planned: PlannedScenario,
  samples: readonly TrialSample[],
  { definitions, findings }: Known,
): { readonly result: ScenarioResult; readonly ground: Ground } {
  const { scenario, rounds } = planned;
  const measured = new Map<string, readonly TrialReading[]>();
  /** Without the void trials: what a verdict may rest on. */
  const trusted = new Map<string, readonly TrialReading[]>();
  const warnings: Warning[] = [
    ...roundWarnings(rounds),
    ...sharingWarnings(samples),
    ...periodWarnings(scenario, planned.stormMs),
  ];
  const doubtful = new Set<string>();
  for (const { name } of planned.strategies) {
    const definition = definitionOf(name, definitions);
    const readings = samples
      .filter(({ trial }) => trial.strategy === name)
      .map((sample) => readTrial(sample, planned, expiryOf(definition), findings.get(sample) ?? NO_FINDINGS))
      .sort((a, b) => a.sample.trial.round - b.sample.trial.round);
    if (readings.length < rounds) {
      warnings.push(
        warn(
          'round-missing',
          `${readings.length} of ${rounds} ${agreeing(rounds, 'round was', 'rounds were')} finished`,
          { strategy: name },
        ),
      );
    }
    if (readings.length === 0) continue;
    const doubts = new Map(readings.map((reading) => [reading, trialWarnings(reading, planned)]));
    warnings.push(
      ...[...doubts.values()].flat(),
      ...loadWarnings(readings, planned),
      ...latencyWarnings(readings),
    );
    measured.set(name, readings);
    const kept = readings.filter((reading) => !doubts.get(reading)?.some(voids));
    trusted.set(name, kept);
    if (kept.length < rounds) doubtful.add(name);
  }
  const outcomes = outcomesOf(trusted, planned);
  const byStrategy = withOutcomes(measured, outcomes);
  const sound = withOutcomes(trusted, outcomes);
  warnings.push(...machineWarnings([...byStrategy.values()].flat(), planned));
  warnings.push(...stormWarnings(outcomes, planned));
  const compared = compareWithBaseline(byStrategy, planned);
  const noiseFloor = noiseFloorOf(byStrategy, planned, compared);
  const belief = new Belief(noiseFloor, planned.again);
  const comparisons = compared.map((comparison) => belief.inComparison(comparison));
  warnings.push(...noiseFloorWarnings(noiseFloor, comparisons, planned));
  const thresholds = evaluateThresholds(scenario.thresholds.map(parseThreshold), sound, planned).map(
    (threshold) => belief.inThreshold(threshold),
  );
  const strategies = [...byStrategy].map(([name, readings]) => {
    const contender = { name, definition: definitionOf(name, definitions) };
    const kept = sound.get(name) ?? [];
    const bounds = checkBounds(contender.definition, planned, kept.length > 0 ? kept : readings).map(
      (bound) => (doubtful.has(name) ? onlyFailure(bound, kept) : bound),
    );
    const own = thresholds
      .filter(({ strategy }) => strategy === name)
      .map((threshold) =>
        [name, threshold.against ?? name].some((each) => doubtful.has(each))
          ? onlyFailure(threshold, kept)
          : threshold,
      );
    const outcome = outcomes.get(name);
    const checks = [...bounds, ...own].map(({ holds }) => verdictOf(holds));
    return {
      ...strategyResult(contender, planned, readings),
      verdict: worst([...checks, ...(outcome === undefined ? [] : [outcomeVerdict(outcome)])]),
      asPredicted: bounds.length === 0 ? null : worst(bounds.map(({ holds }) => verdictOf(holds))),
      ...(outcome === undefined ? {} : { outcome }),
      bounds,
      thresholds: own,
    };
  });
  const result: ScenarioResult = {
    name: scenario.name,
    title: scenario.title,
    verdict: worst([
      ...strategies.map((strategy) => strategy.verdict),
      ...(warnings.some(voids) ? (['inconclusive'] as const) : []),
    ]),
    question: scenario.question,
    answer: answerOf(strategies, lastTrigger(byStrategy, planned)),
    load: { model: scenario.load.model, description: describeLoad(planned) },
    capacity: {
      queriesPerSec: originCapacityPerSec(scenario),
      formula: `${scenario.service.instances} ${agreeing(scenario.service.instances, 'instance')} x ${scenario.origin.poolSize} ${agreeing(scenario.origin.poolSize, 'connection')} x 1000 / ${scenario.origin.queryMs} ms`,
    },
    settings: { ...scenario },
    ...(scenario.columns === null ? {} : { columns: scenario.columns }),
    strategies,
    comparisons,
    ...(planned.again === undefined ? {} : { noiseFloor }),
    warnings,
  };
  return { result, ground: { planned, byStrategy, doubtful, belief } };
}

/** The one that recovery is counted from; every trial of a scenario has the same ones. */
function lastTrigger(
  byStrategy: ReadonlyMap<string, readonly TrialReading[]>,
  { scenario }: PlannedScenario,
): string | null {
  const [readings] = byStrategy.values();
  const sample = readings?.[0]?.sample;
  return sample === undefined ? null : (triggersOf(sample, scenario).at(-1)?.name ?? null);
}

function definitionOf(
  name: string,
  definitions: ReadonlyMap<string, StrategyDefinition>,
): StrategyDefinition {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`no definition of strategy ${name} was given`);
  return definition;
}

function strategyResult(
  { name, definition }: Pick<Contender, 'name' | 'definition'>,
  planned: PlannedScenario,
  readings: readonly TrialReading[],
): Omit<StrategyResult, 'verdict' | 'bounds' | 'thresholds'> {
  const values = planned.strategies.find((strategy) => strategy.name === name)?.parameters ?? {};
  const aa = name === planned.again;
  const worstKey = worstKeyOf(readings);
  const freshness = freshnessOf(readings);
  return {
    name,
    ...(aa ? { aa } : {}),
    idea: aa
      ? `The baseline ${planned.baseline}, run again (A/A): what sets the two apart is noise.`
      : definition.idea,
    source: definition.source,
    weakness: definition.weakness,
    baseline: name === planned.baseline,
    parameters: Object.fromEntries(
      Object.entries(definition.parameters).map(([parameter, { unit, default: initial }]) => [
        parameter,
        { unit, value: values[parameter] ?? initial },
      ]),
    ),
    metrics: metricsOf(readings),
    timeline: timelineOf(typical(readings), planned.scenario),
    spectrum: spectrumOf(readings),
    ...(worstKey === undefined ? {} : { worstKey }),
    ...(freshness === undefined ? {} : { freshness }),
  };
}

function metricsOf(readings: readonly TrialReading[]): Record<string, Metric> {
  return Object.fromEntries(
    metricNames.flatMap((name): [MetricName, Metric][] => {
      const values = readings.map((reading) => reading.values[name]).filter((value) => value !== null);
      const ci = medianInterval(values);
      if (values.length < readings.length || ci === null) return [];
      const spread = { low: Math.min(...values), high: Math.max(...values) };
      return [[name, { unit: metricFacts[name].unit, median: median(values), ...spread, values, ci }]];
    }),
  );
}

/** The trial with the median number of database reads (the lower one of two). */
function typical(readings: readonly TrialReading[]): TrialReading {
  const sorted = readings.toSorted((a, b) => (a.values['db.reads'] ?? 0) - (b.values['db.reads'] ?? 0));
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new Error('a strategy without trials has no timeline');
  return middle;
}

function verdictOf(holds: boolean | null): Verdict {
  if (holds === null) return 'inconclusive';
  return holds ? 'pass' : 'fail';
}

/** Takes back what a missing or void round leaves open: a failure that the sound rounds prove stays one. */
function onlyFailure<T extends BoundResult | ThresholdResult>(judged: T, sound: readonly TrialReading[]): T {
  if (judged.holds === null || (judged.holds === false && sound.length > 0)) return judged;
  return { ...judged, holds: null, reason: 'a round is void or missing' };
}

/** A failure is a failure whatever else is unknown; of the rest one doubt is enough. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('inconclusive') || verdicts.length === 0 ? 'inconclusive' : 'pass';
}
