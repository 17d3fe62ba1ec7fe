import type { Limit, Threshold, Window } from './threshold.ts';

/** The threshold in its one canonical form: `parseThreshold` reads the same from it again. */
export function printThreshold(threshold: Threshold): string {
  const { strategy, against, metric, operator, limit, confidencePercent, window } = threshold;
  const scope = [strategy, against === null ? null : `vs ${against}`].filter((part) => part !== null);
  return [
    ...(scope.length === 0 ? [] : [`${scope.join(' ')}:`]),
    metric,
    operator,
    printLimit(limit),
    ...(confidencePercent === null ? [] : [`@${confidencePercent}%`]),
    ...(window.kind === 'all' ? [] : [`over ${printWindow(window)}`]),
  ].join(' ');
}

function printLimit(limit: Limit): string {
  if (limit.kind === 'value') return `${limit.value}${limit.unit}`;
  if (limit.kind === 'share') return `${limit.percent}%`;
  return `${limit.percent < 0 ? '-' : '+'}${Math.abs(limit.percent)}%`;
}

function printWindow(window: Window): string {
  return window.kind === 'all' || window.fault === null ? window.kind : `${window.kind}(${window.fault})`;
}
