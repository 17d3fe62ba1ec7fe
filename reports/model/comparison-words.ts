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
  const { against, metric, ratio, low, high, verdict } = comparison;
  const range = interval(low, high, 'ratio');
  const size = ratio === null ? 'no ratio' : `× ${significant(ratio)}${range === null ? '' : ` (${range})`}`;
  const sentence = `${metricLabel(metric)} against ${against}: ${size}, ${verdict}`;
  const parts = [...strength(comparison, unit), ...sureness(comparison)];
  return { sentence, detail: parts.join('; ') };
}

function strength({ ci, hodgesLehmann, cliffsDelta }: Comparison, unit: Metric['unit']): string[] {
  const found: string[] = [];
  if (ci) {
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
