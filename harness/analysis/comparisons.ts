import type { PlannedScenario } from '../plan/plan.ts';
import { type MetricName, metricFacts } from '../result/metrics.ts';
import type { Comparison } from '../result/schema.ts';
import { censoringWords, isCensored } from './censoring.ts';
import { comparedMetrics } from './compared-metrics.ts';
import { type PairedEvidence, type PairedVerdict, pairedVerdict } from './paired-verdict.ts';
import { cliffsDelta } from './statistics/cliffs-delta.ts';
import { hodgesLehmann, hodgesLehmannInterval } from './statistics/hodges-lehmann.ts';
import { holm } from './statistics/holm.ts';
import type { Interval } from './statistics/interval.ts';
import { signedRankPValue } from './statistics/signed-rank.ts';
import { median } from './statistics/summary.ts';
import type { TrialReading } from './trial.ts';

/** The same metric of two strategies in one round. */
export interface Pair {
  readonly value: number;
  readonly against: number;
  /** Which of the two were cut short by the end of the storm, and so are larger than this. @default none */
  readonly censored?: { readonly value: boolean; readonly against: boolean };
}

type Trials = readonly [strategy: string, trials: readonly TrialReading[]];

/** Each strategy against the baseline, paired by round; the baseline again first. */
export function compareWithBaseline(
  byStrategy: ReadonlyMap<string, readonly TrialReading[]>,
  planned: PlannedScenario,
): Comparison[] {
  const others = [...byStrategy].filter(([strategy]) => strategy !== planned.baseline);
  const reference = byStrategy.get(planned.baseline) ?? [];
  // A family of its own: it asks about the machine, and must not make the contenders' answers harder to get.
  const again = others.filter(([strategy]) => strategy === planned.again);
  const contenders = others.filter(([strategy]) => strategy !== planned.again);
  return [again, contenders].flatMap((family) => compareFamily(family, reference, planned));
}

function compareFamily(
  family: readonly Trials[],
  reference: readonly TrialReading[],
  { baseline, scenario }: PlannedScenario,
): Comparison[] {
  const byMetric = comparedMetrics(scenario).map((metric) => {
    const pairs = family.map(([, trials]) => pairByRound(trials, reference, metric));
    return comparePairs(metric, pairs, scenario.margins[metric]);
  });
  return family.flatMap(([strategy], index) =>
    byMetric.flatMap((judged) => {
      const facts = judged[index];
      return facts === undefined ? [] : [{ strategy, against: baseline, ...facts }];
    }),
  );
}

/** The rounds in which a metric was measured for both. */
export function pairByRound(
  trials: readonly TrialReading[],
  reference: readonly TrialReading[],
  metric: MetricName,
): Pair[] {
  return trials.flatMap((trial) => {
    const other = reference.find((candidate) => candidate.sample.trial.round === trial.sample.trial.round);
    const value = trial.values[metric];
    const against = other?.values[metric] ?? null;
    if (other === undefined || value === null || against === null) return [];
    const censored = { value: isCensored(metric, trial.values), against: isCensored(metric, other.values) };
    return [censored.value || censored.against ? { value, against, censored } : { value, against }];
  });
}

type Judged = Omit<Comparison, 'strategy' | 'against'>;

/** One metric of several contenders, each paired with the same baseline: Holm's family. */
export function comparePairs(
  metric: MetricName,
  contenders: readonly (readonly Pair[])[],
  margin: number = metricFacts[metric].margin,
): Judged[] {
  const logRatios = contenders.map((pairs) => pairs.map(logRatio));
  const pValues = logRatios.map(signedRankPValue);
  // A contender that was not measured asks no question.
  const asked = logRatios.flatMap((ratios, index) => (ratios.length > 0 ? [index] : []));
  const adjusted = holm(asked.map((index) => pValues[index] ?? 1));
  return contenders.map((pairs, index) => {
    const ratios = logRatios[index] ?? [];
    const pAdjusted = adjusted[asked.indexOf(index)] ?? 1;
    const family = asked.length;
    const evidence = { logRatios: ratios, ...sizesOf(pairs), margin, family, pAdjusted };
    const judged = asFarAsSeen(metric, pairedVerdict(evidence), pairs);
    const differences = pairs.map(({ value, against }) => value - against);
    return {
      metric,
      ratio: ratioOf(median(ratios)),
      low: pairs.length === 0 ? null : ratioOf(Math.min(...ratios)),
      high: pairs.length === 0 ? null : ratioOf(Math.max(...ratios)),
      verdict: verdictOf(judged.change, metric),
      rounds: pairs.length,
      ci: ratioInterval(hodgesLehmannInterval(ratios)),
      hodgesLehmann: shiftOf(differences),
      cliffsDelta: pairs.length === 0 ? null : cliffsDelta(...groups(pairs)),
      pValue: pairs.length === 0 ? null : (pValues[index] ?? null),
      pAdjusted: pairs.length === 0 ? null : pAdjusted,
      minimumDetectableEffect: bounded(judged.minimumDetectableEffect),
      margin,
      basis: judged.basis,
      ...censoredRounds(pairs),
      ...(judged.reason === undefined ? {} : { reason: judged.reason }),
    };
  });
}

/** Stands for a ratio of 0 or infinity: far outside all others, but finite, so that ranks and means exist. */
const BOUNDLESS = 1_000;

/**
 * Both 0 is no change. A difference of logarithms, so that swapped strategies give exactly the opposite.
 *
 * One time that was cut short is at least this long: no shorter than the other, whatever the two moments at which
 * their storms ended say. Two such times are a tie.
 */
export function logRatio({ value, against, censored }: Pair): number {
  const log = logOf(value, against);
  if (censored === undefined) return log;
  const longer = Number(censored.value) - Number(censored.against);
  return longer * Math.max(0, longer * log);
}

function logOf(value: number, against: number): number {
  if (value === against) return 0;
  if (against <= 0) return BOUNDLESS;
  if (value <= 0) return -BOUNDLESS;
  return Math.log(value) - Math.log(against);
}

/**
 * Log ratios for whoever asks how large they are, not only in which order: a ratio to nothing is without limit, and
 * beside one that is not it would be all of the spread. So where both kinds occur, half of the least that any round had
 * is added to all, as half an event is to counts (Haldane, "The estimation and significance of the logarithm of a
 * ratio of frequencies", 1956). Where all are without limit they agree, and stay what they are.
 */
function sizesOf(pairs: readonly Pair[]): Pick<PairedEvidence, 'sizes' | 'boundless'> {
  const logs = pairs.map(logRatio);
  const boundless = logs.filter((log) => Math.abs(log) === BOUNDLESS).length;
  if (boundless === 0 || boundless === logs.length) return { sizes: logs, boundless };
  const some = pairs.flatMap(({ value, against }) => [value, against]).filter((each) => each > 0);
  const least = Math.min(...some) / 2;
  const shifted = pairs.map((pair) => ({
    ...pair,
    value: pair.value + least,
    against: pair.against + least,
  }));
  return { sizes: shifted.map(logRatio), boundless };
}

/** Times that were cut short may be as different as any: what looks like the same need not be. */
function asFarAsSeen(metric: MetricName, judged: PairedVerdict, pairs: readonly Pair[]): PairedVerdict {
  const cut = pairs.filter(({ censored }) => censored !== undefined);
  if (cut.length === 0 || (judged.change !== 'equivalent' && !neverSeen(pairs))) return judged;
  const { not, first } = censoringWords(metric);
  const reason = neverSeen(pairs)
    ? `neither was ${not.replace(/^not /, '')}`
    : `in ${cut.length} of ${pairs.length} rounds ${first}, and it may have been any time longer`;
  return { ...judged, change: 'inconclusive', reason };
}

/** Whether both were cut short in every round there is, so that nothing is known of how they differ. */
export function neverSeen(pairs: readonly Pair[]): boolean {
  return pairs.every(({ censored }) => censored?.value && censored.against);
}

function censoredRounds(pairs: readonly Pair[]): Pick<Comparison, 'censored'> {
  const strategy = pairs.filter(({ censored }) => censored?.value).length;
  const against = pairs.filter(({ censored }) => censored?.against).length;
  return strategy + against === 0 ? {} : { censored: { strategy, against } };
}

/** A round that had nothing where another had something stands for no ratio at all. */
const LARGEST_RATIO = 1e9;

/** `null` where it is without limit, or so large that a mean with a boundless one made it. */
export function bounded(ratio: number | null): number | null {
  return ratio !== null && ratio < LARGEST_RATIO ? ratio : null;
}

function ratioOf(log: number): number | null {
  const ratio = Math.exp(log);
  return ratio < 1 / LARGEST_RATIO ? 0 : bounded(ratio);
}

function ratioInterval(interval: Interval | null): Comparison['ci'] {
  if (interval === null) return null;
  const { low, high, confidence } = interval;
  return { low: ratioOf(low), high: ratioOf(high), confidence };
}

function shiftOf(differences: readonly number[]): Comparison['hodgesLehmann'] {
  const interval = hodgesLehmannInterval(differences);
  return interval === null ? null : { shift: hodgesLehmann(differences), ...interval };
}

function groups(pairs: readonly Pair[]): [number[], number[]] {
  return [pairs.map(({ value }) => value), pairs.map(({ against }) => against)];
}

function verdictOf(change: PairedVerdict['change'], metric: MetricName): Comparison['verdict'] {
  if (change === 'equivalent' || change === 'inconclusive') return change;
  return change === metricFacts[metric].better ? 'better' : 'worse';
}
