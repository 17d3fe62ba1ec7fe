import type { PlannedScenario } from '../../plan/plan.ts';
import { agreeing } from '../../result/agreement.ts';
import type { ThresholdResult } from '../../result/schema.ts';
import { censoringWords, isCensored } from '../censoring.ts';
import { logRatio, type Pair, pairByRound } from '../comparisons.ts';
import { hodgesLehmannInterval } from '../statistics/hodges-lehmann.ts';
import type { Interval } from '../statistics/interval.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { median } from '../statistics/summary.ts';
import type { TrialReading } from '../trial.ts';
import { cutShort, logRangeOf, type Range, rangeOf } from './censored.ts';
import { printThreshold } from './print.ts';
import { againstOf, subjectsOf } from './subjects.ts';
import { satisfies, type Threshold } from './threshold.ts';
import { limitOf } from './units.ts';
import { overWindow } from './windows.ts';

/** The word is the same as for bounds: a number that a round lacks is not a median of the others. */
const UNMEASURED = 'it could not be measured in every round';
const CALM = 'nothing set the storm off, so there is nothing to recover from; add a fault, or a cold start';

/**
 * Holds thresholds against what was measured: the median over rounds, or the median of the ratios round by
 * round for `vs`.
 *
 * With `@95%` the end of the 95% interval that makes the claim hardest has to satisfy it too. Three outcomes:
 * broken when the median breaks it; held when the whole interval satisfies it; inconclusive in between, and
 * when the rounds are too few for that confidence.
 */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  byStrategy: ReadonlyMap<string, readonly TrialReading[]>,
  { strategies, baseline, again }: Pick<PlannedScenario, 'strategies' | 'baseline' | 'again'>,
): ThresholdResult[] {
  const field = { strategies: strategies.map(({ name }) => name), baseline, again };
  return thresholds.flatMap((threshold) =>
    subjectsOf(threshold, field).map((strategy) => {
      const against = againstOf(threshold, baseline);
      const trials = within(threshold, byStrategy.get(strategy) ?? []);
      const reference = against === null ? null : within(threshold, byStrategy.get(against) ?? []);
      return {
        expression: printThreshold(threshold),
        strategy,
        metric: threshold.metric,
        against,
        ...judge(threshold, measureIn(threshold, trials, reference)),
      };
    }),
  );
}

/** The trials with the numbers of the threshold's window, or why there are none. */
type Windowed = readonly TrialReading[] | string;

function within({ metric, window }: Threshold, trials: readonly TrialReading[]): Windowed {
  return window.kind === 'all' ? trials : overWindow(trials, metric, window);
}

function measureIn(threshold: Threshold, trials: Windowed, reference: Windowed | null): Measured | string {
  if (typeof trials === 'string') return trials;
  if (typeof reference === 'string') return reference;
  return measure(threshold, reference === null ? trials : ofRounds(trials, reference), reference);
}

/** A pair of which one is void or missing is none; the others may still break the threshold. */
function ofRounds(trials: readonly TrialReading[], others: readonly TrialReading[]): TrialReading[] {
  const rounds = new Set(others.map(({ sample }) => sample.trial.round));
  return trials.filter(({ sample }) => rounds.has(sample.trial.round));
}

interface Summary {
  /** Median over rounds, in the unit of the limit. */
  readonly actual: number;
  readonly interval: Interval | null;
}

interface Measured extends Summary {
  readonly rounds: number;
  /** Were every time that the storm's end cut short as short, or as long, as it may have been. */
  readonly least: Summary;
  readonly most: Summary;
  /** Which times were cut short, in words; `null`: none. */
  readonly cut: string | null;
}

type Judged = Pick<ThresholdResult, 'actual' | 'limit' | 'interval' | 'holds' | 'reason'>;

function judge(threshold: Threshold, measured: Measured | string): Judged {
  const { operator, confidencePercent } = threshold;
  const limit = limitOf(threshold);
  const open = (reason: string, actual: number | null) => ({ actual, limit, holds: null, reason });
  if (typeof measured === 'string') return open(measured, null);
  const { actual, rounds, interval, least, most, cut } = measured;
  const holds = satisfies(least.actual, operator, limit);
  const between = operator === '==' && least.actual < limit && limit < most.actual;
  if (between || holds !== satisfies(most.actual, operator, limit)) {
    return open(`${cut}; ${censoringWords(threshold.metric).remedy}`, actual);
  }
  if (!holds) return { actual, limit, holds, ...(cut === null ? {} : { reason: cut }) };
  if (confidencePercent === null) return { actual, limit, holds };
  const wanted = confidencePercent / 100;
  const reached = interval?.confidence ?? 0;
  if (interval === null || reached < wanted) {
    return open(
      `${rounds} ${agreeing(rounds, 'round reaches', 'rounds reach')} a confidence of ${percent(reached)}, not ${percent(wanted)}; use --rounds ${roundsFor(wanted)} or more`,
      actual,
    );
  }
  const [low, high] = [least.interval?.low ?? interval.low, most.interval?.high ?? interval.high];
  if (satisfies(low, operator, limit) && satisfies(high, operator, limit)) {
    return { actual, limit, interval, holds };
  }
  return { ...open(`the interval of ${percent(reached)} reaches beyond the limit`, actual), interval };
}

/** The median and its interval, or why there is none. */
function measure(
  { metric, operator, confidencePercent }: Threshold,
  trials: readonly TrialReading[],
  reference: readonly TrialReading[] | null,
): Measured | string {
  const rounds = trials.length;
  const confidence = (confidencePercent ?? 95) / 100;
  if (metric.startsWith('recovery.') && trials.every(({ triggers }) => triggers.length === 0)) return CALM;
  if (reference === null) {
    const values = trials.map((trial) => trial.values[metric]).filter((value) => value !== null);
    if (values.length < rounds || rounds === 0) return UNMEASURED;
    const cut = trials.map((trial) => isCensored(metric, trial.values));
    const ranges = values.map((value, index) => rangeOf(value, cut[index] ?? false, operator));
    return {
      ...summarised(values, ranges, (all) => ({
        actual: median(all),
        interval: medianInterval(all, confidence),
      })),
      rounds,
      cut: cutShort(metric, cut),
    };
  }
  const pairs: readonly Pair[] = pairByRound(trials, reference, metric);
  if (pairs.length < rounds || rounds === 0) return `${UNMEASURED} of both`;
  if (pairs.some(({ against }) => against === 0)) return 'there is no share of 0, which the other one had';
  const own = cutShort(
    metric,
    pairs.map(({ censored }) => censored?.value ?? false),
  );
  const theirs = cutShort(
    metric,
    pairs.map(({ censored }) => censored?.against ?? false),
    reference[0]?.sample.trial.strategy,
  );
  return {
    ...summarised(
      pairs.map(logRatio),
      pairs.map((pair) => logRangeOf(pair, operator)),
      (logs) => {
        const interval = hodgesLehmannInterval(logs, confidence);
        return {
          actual: ratioOf(median(logs)),
          interval: interval && { ...interval, low: ratioOf(interval.low), high: ratioOf(interval.high) },
        };
      },
    ),
    rounds,
    cut: own ?? theirs,
  };
}

function summarised(
  seen: readonly number[],
  ranges: readonly Range[],
  summary: (values: readonly number[]) => Summary,
): Summary & Pick<Measured, 'least' | 'most'> {
  return {
    ...summary(seen),
    least: summary(ranges.map(({ least }) => least)),
    most: summary(ranges.map(({ most }) => most)),
  };
}

/** n rounds reach `1 - 2^(1-n)` at best. */
function roundsFor(confidence: number): number {
  return Math.ceil(1 - Math.log2(1 - confidence));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}

/** The ratio of a logarithm: 10 of 200 is 5%, and not 1e-17 more. */
function ratioOf(log: number): number {
  return Number(Math.exp(log).toPrecision(12));
}
