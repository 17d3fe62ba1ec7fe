/** A comparison in words: the ratio and its verdict, then how sure that is. */
import type { Comparison, Metric } from '../../harness/result/schema.ts';
import { interval, percent, quantity, significant } from './format.ts';
import { metricLabel } from './metrics.ts';

export interface ComparisonWords {
  /** `Database reads against none: × 0.0099 (0.0097–0.0101), better` */
  readonly sentence: string;
  /** Interval, shift, effect size, p-value and what could have been found; empty for results before 1.1. */
  readonly detail: string;
}

const BASIS = {
  exact: 'judged by the exact signed-rank test',
  magnitude: 'judged by its size beyond the spread, as the rounds are too few for an exact test',
  none: null,
} as const;

export function comparisonWords(comparison: Comparison, unit: Metric['unit']): ComparisonWords {
  const { against, metric, verdict } = comparison;
  const sentence = `${metricLabel(metric)} against ${against}: ${sizeOf(comparison)}, ${verdict}`;
  // What is left of the numbers then is when the storms ended.
  if (neitherBack(comparison)) return { sentence, detail: `in none of ${comparison.rounds} rounds` };
  const parts = [...notBack(comparison), ...strength(comparison, unit), ...sureness(comparison)];
  return { sentence, detail: parts.join('; ') };
}

function neitherBack({ rounds, censored }: Comparison): boolean {
  return censored !== undefined && Math.min(censored.strategy, censored.against) === rounds;
}

/** Of a time that was not seen to end on one side, the ratio is a bound. */
function sizeOf(comparison: Comparison): string {
  const { ratio, low, high, rounds = 0, censored } = comparison;
  const { strategy, against } = censored ?? { strategy: 0, against: 0 };
  if (neitherBack(comparison)) return `neither was ${backOf(comparison)}`;
  if (ratio === null) return rounds === 0 ? 'no ratio' : 'no ratio to 0';
  const range = interval(low, high, 'ratio');
  const size = `× ${significant(ratio)}${range === null ? '' : ` (${range})`}`;
  if (strategy === 0 && against > 0) return `at most ${size}`;
  return against === 0 && strategy > 0 ? `at least ${size}` : size;
}

/** What one whose time was not seen to end was not. */
function backOf({ metric }: Comparison): string {
  return metric === 'consistency.convergeMs' ? 'in step again' : 'back';
}

function notBack(comparison: Comparison): string[] {
  const { strategy, against, rounds, censored } = comparison;
  return [[strategy, censored?.strategy ?? 0] as const, [against, censored?.against ?? 0] as const].flatMap(
    ([name, times]) =>
      times === 0 ? [] : [`${name} not ${backOf(comparison)} in ${times} of ${rounds} rounds`],
  );
}

function strength({ ci, hodgesLehmann, cliffsDelta }: Comparison, unit: Metric['unit']): string[] {
  const found: string[] = [];
  // Where one had nothing in most rounds, its interval has no end to tell.
  if (ci && (ci.low ?? ci.high) !== null) {
    const range = interval(ci.low, ci.high, 'ratio');
    const level = `${percent(ci.confidence)} % interval`;
    found.push(range === null ? `no width to the ${level}` : `${level} × ${range}`);
  }
  if (hodgesLehmann) found.push(`shift ${quantity(hodgesLehmann.shift, unit)}`);
  if (cliffsDelta !== null && cliffsDelta !== undefined) found.push(`Cliff’s δ ${significant(cliffsDelta)}`);
  return found;
}

function sureness(comparison: Comparison): string[] {
  const { pValue, pAdjusted, minimumDetectableEffect, margin, basis, reason } = comparison;
  const found: string[] = [];
  if (typeof pValue === 'number' && typeof pAdjusted === 'number') {
    found.push(
      pAdjusted > pValue
        ? `p ${significant(pValue)}, ${significant(pAdjusted)} after Holm`
        : `p ${significant(pValue)}`,
    );
  }
  if (typeof minimumDetectableEffect === 'number') {
    // From a doubling on, a factor is easier to picture, and the same up and down.
    const size =
      minimumDetectableEffect < 1
        ? `of ${percent(minimumDetectableEffect)} %`
        : `by × ${significant(1 + minimumDetectableEffect)}`;
    found.push(`a change ${size} would have been found`);
  }
  if (margin !== undefined) found.push(`up to ${percent(margin)} % counts as the same`);
  const why = reason ?? (basis === undefined ? null : BASIS[basis]);
  return why === null ? found : [...found, why];
}
