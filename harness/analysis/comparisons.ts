import type { Comparison } from '../result/schema.ts';
import { median } from './statistics.ts';
import type { MetricName, TrialReading } from './trial.ts';

/** What strategies are compared by; of each of them less is better. */
const compared: readonly MetricName[] = ['db.reads', 'db.loadsPerExpiry', 'latency.response.p99'];

/**
 * Each strategy against the baseline, paired by round: ratio of the same metric in the same round.
 * Better or worse only when every round agrees, and there are at least two.
 */
export function compareWithBaseline(
  byStrategy: ReadonlyMap<string, readonly TrialReading[]>,
  baseline: string,
): Comparison[] {
  const reference = byStrategy.get(baseline) ?? [];
  return [...byStrategy]
    .filter(([strategy]) => strategy !== baseline)
    .flatMap(([strategy, trials]) =>
      compared.map((metric) => compare(strategy, baseline, metric, pairedRatios(trials, reference, metric))),
    );
}

function pairedRatios(
  trials: readonly TrialReading[],
  reference: readonly TrialReading[],
  metric: MetricName,
): number[] {
  return trials.flatMap((trial) => {
    const other = reference.find((candidate) => candidate.sample.trial.round === trial.sample.trial.round);
    const value = trial.values[metric];
    const against = other?.values[metric] ?? null;
    return value === null || against === null || against === 0 ? [] : [value / against];
  });
}

function compare(
  strategy: string,
  against: string,
  metric: MetricName,
  ratios: readonly number[],
): Comparison {
  if (ratios.length === 0) {
    return { strategy, against, metric, ratio: null, low: null, high: null, verdict: 'inconclusive' };
  }
  const low = Math.min(...ratios);
  const high = Math.max(...ratios);
  const agreed = high < 1 ? 'better' : low > 1 ? 'worse' : 'inconclusive';
  const verdict = ratios.length > 1 ? agreed : 'inconclusive';
  return { strategy, against, metric, ratio: median(ratios), low, high, verdict };
}
