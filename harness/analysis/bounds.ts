import { predictionsOf, type StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { Prediction, TheoryInput } from '../../scenarios/strategies/prediction.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import type { MetricName } from '../result/metrics.ts';
import type { BoundResult } from '../result/schema.ts';
import { type Allowed, allowedCount, type CountedRound, outside, scatteredRound } from './bound-noise.ts';
import { isCensored } from './censoring.ts';
import { breakable, reachOf } from './reach.ts';
import { median, sum } from './statistics/summary.ts';
import { theoryInput } from './theory-input.ts';
import { cutShort, rangeOf } from './thresholds/censored.ts';
import type { TrialReading } from './trial.ts';

/** What a bound is held against in one round. */
interface BoundRound extends CountedRound {
  readonly name: number;
  readonly value: number;
  /** The most that a time cut short by the end of the storm may have come to; else the value. */
  readonly most: number;
}

/**
 * Holds a strategy's theory against its trials: predicted from what each trial itself measured (rate, load time).
 *
 * - A limit that chance can't break (`always`, `edge`) holds in every round, and a round outside is named.
 * - Counts that scatter (`poisson`, `geometric`, `binomial`) are added up over the rounds, so that more rounds know
 *   more. Rounds that scatter more than chance explains leave open what their sum says.
 * - `none` is a limit of the median.
 *
 * A limit that no measurement of this set-up could break is left out, and so is a bound that has no other.
 */
export function checkBounds(
  definition: StrategyDefinition,
  planned: PlannedScenario,
  trials: readonly TrialReading[],
): BoundResult[] {
  const ofRounds = trials.map((trial) => {
    const input = theoryInput(definition, planned, [trial]);
    return { trial, input, predictions: predictionsOf(definition, input) };
  });
  const input = theoryInput(definition, planned, trials);
  return (
    predictionsOf(definition, input)
      // A strategy of a user's may speak of expiries in a scenario that has none.
      .filter(({ metric }) => metric !== 'db.loadsPerExpiry' || input.hotKey !== null)
      .map((prediction) => {
        const values = trials.map((trial) => trial.values[prediction.metric as MetricName] ?? null);
        if (values.includes(null) || values.length === 0)
          return open(prediction, null, 'it could not be measured in every round');
        const rounds = ofRounds.map(({ predictions, ...round }) =>
          roundOf(predictions.find(({ metric }) => metric === prediction.metric) ?? prediction, round),
        );
        const limits = [prediction, ...rounds].flatMap(({ low, high }) => [low, high]);
        if (limits.some((limit) => limit !== null && !Number.isFinite(limit))) {
          const measured = median(rounds.map(({ value }) => value));
          return open(prediction, measured, 'no expiry was observed to predict it from');
        }
        return judge(prediction, rounds, trials);
      })
      .flatMap((bound) => unlessOutOfReach(bound, planned))
  );
}

function unlessOutOfReach(bound: BoundResult, planned: PlannedScenario): BoundResult[] {
  const { predicted, metric } = bound;
  if (predicted.low === null && predicted.high === null) return [bound];
  const { low, high } = breakable(predicted, reachOf(metric, planned));
  return low === null && high === null ? [] : [{ ...bound, predicted: { ...predicted, low, high } }];
}

function open(
  { metric, low, high, formula, value }: Prediction,
  measured: number | null,
  reason: string,
): BoundResult {
  const predicted = { low: finite(low), high: finite(high), formula, value: finite(value) };
  return { metric, predicted, measured, holds: null, reason };
}

function roundOf(
  { metric, low, high, tolerance }: Prediction,
  { trial, input }: { readonly trial: TrialReading; readonly input: TheoryInput },
): BoundRound {
  const value = trial.values[metric as MetricName] ?? Number.NaN;
  const attacked = input.missing.find(({ attack }) => metric.endsWith(`.${attack}`));
  const of = tolerance === 'binomial' ? (attacked?.requests ?? 0) : (trial.expiries?.length ?? 0);
  const { generatorStallMs, serviceStallMs } = trial.machine;
  const evenly = input.hotKey?.evenlySpaced === true && generatorStallMs !== null && serviceStallMs !== null;
  return {
    name: trial.sample.trial.round,
    value,
    most: rangeOf(value, isCensored(metric as MetricName, trial.values), '<=').most,
    of,
    count: value * of,
    low,
    high,
    heldUp: evenly ? ((input.hotKey?.ratePerSec ?? 0) * (generatorStallMs + serviceStallMs)) / 1000 : null,
  };
}

function judge(
  prediction: Prediction,
  rounds: readonly BoundRound[],
  trials: readonly TrialReading[],
): BoundResult {
  const { tolerance } = prediction;
  if (tolerance === 'none') return judgeMedian(prediction, rounds, trials);
  if (tolerance === 'always' || tolerance === 'edge' || rounds.some(({ of }) => of === 0))
    return judgeEvery(prediction, rounds, trials);
  return judgeSum(prediction, rounds);
}

/** A limit of the median over rounds: one that a moment of the machine may break now and then. */
function judgeMedian(
  prediction: Prediction,
  rounds: readonly BoundRound[],
  trials: readonly TrialReading[],
): BoundResult {
  const { metric, low, high } = prediction;
  const measured = median(rounds.map(({ value }) => value));
  const holds = within({ value: measured, most: median(rounds.map(({ most }) => most)) }, { low, high });
  const cut = cutReason(metric, trials);
  return {
    metric,
    predicted: told(prediction, { low, high }),
    measured,
    holds,
    ...(cut === null ? {} : { reason: cut }),
  };
}

/** Holds what is promised always against every round, by what that round itself measured. */
function judgeEvery(
  prediction: Prediction,
  rounds: readonly BoundRound[],
  trials: readonly TrialReading[],
): BoundResult {
  const { metric, tolerance } = prediction;
  const judged = rounds.map((round) => {
    const allowed =
      tolerance === 'edge' && round.of > 0 ? perOne(allowedCount('edge', [round]), round.of) : round;
    return { round, allowed, holds: within(round, allowed), by: outside(round.value, allowed) };
  });
  const broken = judged.filter(({ holds }) => holds === false).toSorted((a, b) => b.by - a.by);
  const values = rounds.map(({ value }) => value);
  const cut = cutReason(metric, trials);
  const reason =
    broken.length === 0 ? cut : [outsideWords(broken), ...(cut === null ? [] : [cut])].join('; ');
  return {
    metric,
    predicted: told(prediction, {
      low: widest(
        judged.map(({ allowed }) => allowed.low),
        Math.min,
      ),
      high: widest(
        judged.map(({ allowed }) => allowed.high),
        Math.max,
      ),
    }),
    // Of what may never happen, once is once too often.
    measured: broken[0]?.round.value ?? (tolerance === 'always' ? Math.max(...values) : median(values)),
    holds: broken.length > 0 ? false : judged.some(({ holds }) => holds === null) ? null : true,
    ...(reason === null ? {} : { reason }),
  };
}

/** Holds what scatters by chance against the sum over rounds. */
function judgeSum(prediction: Prediction, rounds: readonly BoundRound[]): BoundResult {
  const { metric, tolerance } = prediction;
  const of = sum(rounds.map((round) => round.of));
  const count = sum(rounds.map((round) => round.count));
  const allowed = allowedCount(tolerance, rounds);
  const scattered = scatteredRound(tolerance, rounds);
  const round = scattered === null ? undefined : rounds[scattered];
  const base = { metric, predicted: told(prediction, perOne(allowed, of)), measured: count / of };
  // Where each round breaks it on the same side, their scatter changes nothing.
  const sides = rounds.map((each) =>
    Math.sign(each.count - clamp(each.count, allowedCount(tolerance, [each]))),
  );
  const everyRound = sides.every((side) => side !== 0 && side === sides[0]);
  const inside = outside(count, allowed) === 0;
  if (round === undefined || everyRound) return { ...base, holds: inside };
  const reason = `the rounds scatter more than chance explains: ${roundWords(round)} against ${shown(count / of)} in all`;
  return { ...base, holds: null, reason };
}

function clamp(value: number, { low, high }: Allowed): number {
  return Math.min(high ?? value, Math.max(low ?? value, value));
}

/** `null`: a time that was cut short may still have come to the lower limit. */
function within({ value, most }: Pick<BoundRound, 'value' | 'most'>, { low, high }: Allowed): boolean | null {
  if (high !== null && most > high) return false;
  if (low === null || value >= low) return true;
  return most >= low ? null : false;
}

function cutReason(metric: string, trials: readonly TrialReading[]): string | null {
  return cutShort(
    metric,
    trials.map(({ values }) => isCensored(metric as MetricName, values)),
  );
}

function perOne({ low, high }: Allowed, of: number): Allowed {
  return { low: low === null ? null : low / of, high: high === null ? null : high / of };
}

function told({ formula, value }: Prediction, { low, high }: Allowed): BoundResult['predicted'] {
  const positive = low === null ? null : Math.max(0, low);
  return { low: finite(positive), high: finite(high), formula, value: finite(value) };
}

function widest(limits: readonly (number | null)[], pick: (...values: number[]) => number): number | null {
  const known = limits.filter((limit) => limit !== null);
  return known.length < limits.length ? null : pick(...known);
}

/** `outside in round 2 (50) and round 3 (7)` */
function outsideWords(broken: readonly { readonly round: BoundRound }[]): string {
  const names = broken
    .map(({ round }) => round)
    .toSorted((a, b) => a.name - b.name)
    .map(roundWords);
  return `outside in ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}`;
}

function roundWords({ name, value }: BoundRound): string {
  return `round ${name} (${shown(value)})`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
