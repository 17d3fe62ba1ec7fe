import { expiryOf, predictionsOf, type StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { Prediction, TheoryInput } from '../../scenarios/strategies/strategy.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import type { TrialSample } from '../record/sample.ts';
import type { MetricName } from '../result/metrics.ts';
import type { BoundResult } from '../result/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { isCensored } from './censoring.ts';
import { meanLoadSec } from './expiries.ts';
import { mean, median } from './statistics/summary.ts';
import { missingTraffic } from './streams.ts';
import { cutShort, rangeOf } from './thresholds/censored.ts';
import type { TrialReading } from './trial.ts';

/** 99.9% of a normal distribution: a bound that holds is broken by chance once in a thousand trials. */
const Z = 3.29;

/**
 * Holds a strategy's theory against its trials: predicted from what the trials themselves measured (rate,
 * load time), with a tolerance from their own counts, beside the median over rounds.
 */
export function checkBounds(
  definition: StrategyDefinition,
  planned: PlannedScenario,
  trials: readonly TrialReading[],
): BoundResult[] {
  const input = theoryInput(definition, planned, trials);
  const expiries = mean(trials.map((trial) => trial.expiries?.length ?? 0));
  return (
    predictionsOf(definition, input)
      // A strategy of a user's may speak of expiries in a scenario that has none.
      .filter(({ metric }) => metric !== 'db.loadsPerExpiry' || input.hotKey !== null)
      .map((prediction) => {
        const attacked = input.missing.find(({ attack }) => prediction.metric.endsWith(`.${attack}`));
        const trialsOf = prediction.tolerance === 'binomial' ? (attacked?.requests ?? 0) : expiries;
        return checkOne(prediction, tolerance(prediction, trialsOf), trials);
      })
  );
}

function theoryInput(
  definition: StrategyDefinition,
  { scenario, strategies }: PlannedScenario,
  trials: readonly TrialReading[],
): TheoryInput {
  const early = expiryOf(definition) === 'early';
  const loadSec = meanOf(
    trials.map(({ expiries, meanLoadMs }) =>
      early ? meanLoadMs && meanLoadMs / 1000 : meanLoadSec(expiries ?? []),
    ),
  );
  const ratePerSec = mean(
    trials.map(({ sample: { load } }) => {
      // Nobody asked the cache for what was refused a connection, as while a killed process is away.
      const { ECONNREFUSED: refused = 0 } = load.errors;
      return (load.counts.offered - refused) / (load.durationMs / 1000);
    }),
  );
  const expiries = mean(trials.map((trial) => trial.expiries?.length ?? 0));
  const kills = mean(trials.map(({ sample }) => killsOf(sample)));
  return {
    // Without an expiry there is nothing to predict from; the bounds that need it end inconclusive below.
    hotKey: scenario.keys.kind === 'hot' ? { ratePerSec, loadSec: loadSec ?? Number.NaN } : null,
    missing: missingTraffic(
      scenario,
      trials.map(({ sample }) => sample),
    ),
    instances: scenario.service.instances,
    ttlSec: scenario.cache.ttlMs / 1000,
    slowestLoadSec: Math.max(...trials.map(({ slowestLoadMs }) => slowestLoadMs)) / 1000,
    slowestAnswerSec: Math.max(...trials.map(({ values }) => values['latency.response.max'] ?? 0)) / 1000,
    longestStallSec: Math.max(...trials.map(({ machine }) => machine.serviceStallMs ?? 0)) / 1000,
    killsPerExpiry: expiries > 0 ? kills / expiries : 0,
    rows: scenario.dataset.rows,
    updates: scenario.streams.some(({ operation, keys }) => operation === 'write' && keys.kind !== 'new'),
    ...writesOf(scenario, trials),
    ...optimum(trials),
    preloaded: scenario.preload && scenario.faults.length === 0,
    // By the name that ran: an alias has parameters of its own.
    parameters: strategies.find(({ name }) => name === trials[0]?.sample.trial.strategy)?.parameters ?? {},
  };
}

/** Of the streams that write, while they did. */
function writesOf(scenario: Scenario, trials: readonly TrialReading[]): Pick<TheoryInput, 'writes'> {
  if (scenario.consistency === null) return {};
  const ratesPerSec = trials.map(({ sample: { load } }) => {
    const streams = scenario.streams.filter(({ operation }) => operation === 'write');
    return streams.reduce((sum, { name, restMs }) => {
      const seconds = (load.durationMs - restMs) / 1000;
      return sum + (seconds > 0 ? (load.streams?.[name]?.good ?? 0) / seconds : 0);
    }, 0);
  });
  return { writes: { faults: scenario.faults.length > 0, ratePerSec: mean(ratesPerSec) } };
}

function killsOf({ faults = [] }: TrialSample): number {
  return faults.filter(({ kind }) => kind === 'kill').length;
}

/** Medians, as of what is held against it: a limit of each trial is then one of the median. */
function optimum(trials: readonly TrialReading[]): Pick<TheoryInput, 'optimum'> {
  const known = (name: MetricName) => trials.flatMap(({ values }) => values[name] ?? []);
  const rates = known('cache.optimalHitRate');
  if (rates.length < trials.length || rates.length === 0) return {};
  return { optimum: { hitRate: median(rates), entries: Math.round(median(known('cache.entries'))) } };
}

function checkOne(prediction: Prediction, slack: number, trials: readonly TrialReading[]): BoundResult {
  const { metric, formula, value } = prediction;
  const predicted = {
    low: widened(prediction.low, -slack),
    high: widened(prediction.high, slack),
    formula,
    value: finite(value),
  };
  const values = trials.map((trial) => trial.values[metric as MetricName] ?? null);
  if (values.includes(null) || values.length === 0) {
    return {
      metric,
      predicted,
      measured: null,
      holds: null,
      reason: 'it could not be measured in every round',
    };
  }
  const seen = values.filter((held) => held !== null);
  // Of what may never happen, once is once too often.
  const overRounds = prediction.tolerance === 'always' ? largest : median;
  const measured = overRounds(seen);
  if ([prediction.low, prediction.high].some((limit) => limit !== null && !Number.isFinite(limit))) {
    return { metric, predicted, measured, holds: null, reason: 'no expiry was observed to predict it from' };
  }
  const cut = trials.map((trial) => isCensored(metric as MetricName, trial.values));
  const longest = overRounds(seen.map((value, index) => rangeOf(value, cut[index] ?? false, '<=').most));
  const reason = cutShort(metric, cut);
  const told = { metric, predicted, measured, ...(reason === null ? {} : { reason }) };
  if (predicted.high !== null && longest > predicted.high) return { ...told, holds: false };
  if (predicted.low === null || measured >= predicted.low)
    return { metric, predicted, measured, holds: true };
  // It took longer than what was seen, and maybe long enough.
  return { ...told, holds: longest >= predicted.low ? null : false };
}

function largest(values: readonly number[]): number {
  return Math.max(...values);
}

/** How far a mean over `observed` expiries, or requests, may lie from the prediction by chance. */
function tolerance({ tolerance: kind, value, high }: Prediction, observed: number): number {
  if (kind === 'none' || kind === 'always' || observed === 0) return 0;
  // The mean of n Poisson counts of mean m has standard deviation sqrt(m / n).
  if (kind === 'poisson') return Z * Math.sqrt(Math.max(value ?? 0, 1) / observed);
  // A geometric count of mean m has variance m (m - 1).
  if (kind === 'geometric') return Z * Math.sqrt(Math.max((value ?? 0) * ((value ?? 0) - 1), 1) / observed);
  // One load more or less in the whole trial, at either end of the storm.
  const edge = 1 / observed;
  if (kind === 'edge') return edge;
  const share = Math.min(1, Math.max(0, value ?? high ?? 0));
  return Z * Math.sqrt((share * (1 - share)) / observed) + edge;
}

function widened(limit: number | null, slack: number): number | null {
  return limit === null ? null : finite(Math.max(0, limit + slack));
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
