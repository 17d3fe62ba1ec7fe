import type { PlannedScenario } from '../plan/plan.ts';
import { isMetricName } from '../result/metrics.ts';
import type { Comparison, NoiseFloor, ThresholdResult, Warning } from '../result/schema.ts';
import { bounded, logRatio, neverSeen, pairByRound } from './comparisons.ts';
import { median } from './statistics/summary.ts';
import type { TrialReading } from './trial.ts';
import { warn } from './warning-catalogue.ts';

const UNSTABLE = 'the baseline differs from itself in this metric';

/**
 * How far the baseline differs from itself (an A/A test: Kohavi, Tang and Xu, "Trustworthy Online Controlled
 * Experiments", 2020, chapter 19): two contenders of one definition, whose trials differ in nothing but their
 * place in the round's random order. Whatever sets them apart is noise, and sets the others apart as well.
 *
 * Differences count the same up and down: 1.04 and 1/1.04 are both 4%. `within` is the farther end of the
 * exact interval of the ratio, which is the largest difference of any round up to 5 rounds.
 *
 * @param comparisons All of the scenario; those of the baseline again are picked.
 * @returns By metric, in the order of the comparisons; empty without `--aa`.
 */
export function noiseFloorOf(
  byStrategy: ReadonlyMap<string, readonly TrialReading[]>,
  { baseline, again }: PlannedScenario,
  comparisons: readonly Comparison[],
): NoiseFloor[] {
  if (again === undefined) return [];
  const [trials, reference] = [byStrategy.get(again) ?? [], byStrategy.get(baseline) ?? []];
  return comparisons.flatMap(({ strategy, metric, ci, verdict }) => {
    if (strategy !== again || !isMetricName(metric)) return [];
    const pairs = pairByRound(trials, reference, metric);
    if (neverSeen(pairs)) return [];
    const differences = pairs.map((pair) => Math.expm1(Math.abs(logRatio(pair))));
    return [
      {
        metric,
        median: bounded(median(differences)),
        within: bounded(Math.max(difference(ci?.low ?? null), difference(ci?.high ?? null))),
        confidence: ci?.confidence ?? 0,
        rounds: pairs.length,
        verdict,
      },
    ];
  });
}

/** Returns the distance of a ratio from 1, either way. No ratio is one without limit. */
function difference(ratio: number | null): number {
  return ratio === null ? Number.POSITIVE_INFINITY : Math.max(ratio, 1 / ratio) - 1;
}

/**
 * Comparisons and relative thresholds of a metric in which the baseline differs from itself lose their verdict:
 * what made one of two like strategies look better may have made any other. Bounds and absolute thresholds
 * keep theirs, as they compare no trials; so does what is said of the baseline again, which is the finding.
 */
export class Belief {
  readonly #unstable: ReadonlySet<string>;
  readonly #again: string | undefined;

  constructor(floor: readonly NoiseFloor[], again: string | undefined) {
    this.#unstable = new Set(floor.filter(({ verdict }) => isChange(verdict)).map(({ metric }) => metric));
    this.#again = again;
  }

  inComparison(comparison: Comparison): Comparison {
    const { strategy, metric, verdict } = comparison;
    if (strategy === this.#again || !this.#unstable.has(metric) || verdict === 'inconclusive') {
      return comparison;
    }
    return { ...comparison, verdict: 'inconclusive', reason: UNSTABLE };
  }

  inThreshold(threshold: ThresholdResult): ThresholdResult {
    const { strategy, against, metric, holds } = threshold;
    const relative = against !== null && strategy !== this.#again && against !== this.#again;
    if (!relative || !this.#unstable.has(metric) || holds === null) return threshold;
    return { ...threshold, holds: null, reason: UNSTABLE };
  }
}

function isChange(verdict: Comparison['verdict']): boolean {
  return verdict === 'better' || verdict === 'worse';
}

/** @param comparisons What is left of them to be believed. */
export function noiseFloorWarnings(
  floor: readonly NoiseFloor[],
  comparisons: readonly Comparison[],
  { baseline, again }: PlannedScenario,
): Warning[] {
  const unstable = comparisons.filter(({ strategy, verdict }) => strategy === again && isChange(verdict));
  const differs = unstable.map(({ metric, ratio, verdict }) => `${metric} ${timesOf(ratio)}, ${verdict}`);
  const found =
    again === undefined || differs.length === 0
      ? []
      : [
          warn(
            'aa-differs',
            `${baseline} differs from itself, as ${again}: ${differs.join('; ')}. Comparisons of this, and thresholds relative to another strategy, are inconclusive`,
          ),
        ];
  const byStrategy = Map.groupBy(
    comparisons.filter((comparison) => comparison.strategy !== again && isBelow(comparison, floor)),
    ({ strategy }) => strategy,
  );
  return [
    ...found,
    ...[...byStrategy].map(([strategy, effects]) =>
      warn(
        'aa-wider-than-effect',
        effects.map((effect) => effectSentence(effect, floor, baseline)).join('; '),
        { strategy },
      ),
    ),
  ];
}

/** A change that is smaller than what the baseline differs from itself. */
function isBelow({ metric, ratio, verdict }: Comparison, floor: readonly NoiseFloor[]): boolean {
  const noise = floor.find((entry) => entry.metric === metric);
  if (noise === undefined || !isChange(verdict)) return false;
  return difference(ratio) < (noise.within ?? Number.POSITIVE_INFINITY);
}

function effectSentence(
  { metric, ratio, verdict }: Comparison,
  floor: readonly NoiseFloor[],
  baseline: string,
): string {
  const within = floor.find((entry) => entry.metric === metric)?.within ?? null;
  const noise = within === null ? 'without limit' : `by up to × ${times(1 + within)}, up or down`;
  return `${metric} is ${verdict} (${timesOf(ratio)}), but ${baseline} differs from itself ${noise}`;
}

function timesOf(ratio: number | null): string {
  return ratio === null ? 'without a ratio' : `× ${times(ratio)}`;
}

/** Three digits, and no exponent. */
function times(ratio: number): string {
  return String(Number(ratio.toPrecision(3)));
}
