/** Whether a threshold can be held and broken at all. One that can't says nothing, and often something else was meant. */
import { metricFacts, type Range } from '../../result/metrics.ts';
import type { Operator, Threshold } from './threshold.ts';
import { limitOf } from './units.ts';

/**
 * Returns why the limit makes no sense, with what may have been meant, or `null`.
 *
 * A share over 1 is most likely a percentage without its sign. So is `< 1`, which only the very worst breaks.
 */
export function meaningless(threshold: Threshold): string | null {
  const { metric, operator, limit } = threshold;
  const { unit, range } = metricFacts[metric];
  if (limit.kind !== 'value') {
    return unbreakable(threshold, {
      ...range,
      least: Math.min(0, range.least),
      most: Number.POSITIVE_INFINITY,
    });
  }
  if (unit === 'fraction' && limit.unit === '') {
    const { value } = limit;
    if (value > 1)
      return `${metric} is a share of 1, and ${value} is ${percent(value)}; write ${value}% or ${percent(value)}, whichever is meant`;
    if (value === 1 && operator === '<' && range.most === 1) {
      return `${metric} is a share of 1; write 1% or 100%, whichever is meant`;
    }
  }
  return unbreakable(threshold, range);
}

function unbreakable(threshold: Threshold, range: Range): string | null {
  const fate = fateOf(limitOf(threshold), threshold.operator, range);
  if (fate === null) return null;
  const what = threshold.against === null ? threshold.metric : `the share of ${threshold.against}’s`;
  return `it ${fate}, whatever is measured: ${what} is ${rangeText(threshold, range)}`;
}

/** Returns what becomes of the claim for every value of the range; `null` where that depends on the value. */
function fateOf(
  limit: number,
  operator: Operator,
  { least, most }: Range,
): 'always holds' | 'never holds' | null {
  switch (operator) {
    case '<':
      return limit > most ? 'always holds' : limit <= least ? 'never holds' : null;
    case '<=':
      return limit >= most ? 'always holds' : limit < least ? 'never holds' : null;
    case '>':
      return limit < least ? 'always holds' : limit >= most ? 'never holds' : null;
    case '>=':
      return limit <= least ? 'always holds' : limit > most ? 'never holds' : null;
    case '==':
      return limit < least || limit > most ? 'never holds' : null;
  }
}

function rangeText({ limit }: Threshold, { least, most }: Range): string {
  const inPercent = limit.kind !== 'value' || limit.unit === '%';
  const shown = (value: number) => (inPercent ? percent(value) : String(value));
  return most === Number.POSITIVE_INFINITY
    ? `${shown(least)} or more`
    : `from ${shown(least)} to ${shown(most)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}
