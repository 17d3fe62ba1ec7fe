import { type Interval, orderInterval } from './interval.ts';

/**
 * Exact confidence interval of a median, between two order statistics (Conover, "Practical Nonparametric
 * Statistics", 3.2; David and Nagaraja, "Order Statistics", 7.1). It assumes nothing but independent rounds.
 *
 * The number of values below the true median is binomial(n, 1/2), so `[x(k), x(n+1-k)]` covers it with
 * probability `1 - 2 P(B <= k - 1)`. No interval made from n values reaches further than their ends:
 *
 *     rounds       1     2     3      4      5      6      7      8
 *     confidence   0    50%   75%  87.5%  93.8%  96.9%  98.4%  99.2% (between the lowest and the highest)
 *
 * Not a bootstrap, though it is the usual choice: the percentile bootstrap of a median has its ends at order
 * statistics too. Up to 5 rounds it is this very interval with "95%" written on it, and at 7 rounds it takes
 * x(2) to x(6), which cover 87.5%. The tests enumerate this.
 *
 * @returns `null` for no values. `confidence` is the one reached, at least the asked one from 6 rounds (95%) on.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Interval | null {
  const sorted = values.toSorted((a, b) => a - b);
  const below = binomialHalf(values.length);
  return orderInterval(sorted, (k) => below[k - 1] ?? 1, confidence);
}

/** P(B <= k) for k = 0 ... n of a binomial(n, 1/2). */
function binomialHalf(n: number): number[] {
  // The logarithm keeps 2^-n from vanishing before it is needed.
  let logTerm = -n * Math.LN2;
  let total = Math.exp(logTerm);
  const cumulative = [total];
  for (let k = 1; k <= n; k++) {
    logTerm += Math.log((n - k + 1) / k);
    total += Math.exp(logTerm);
    cumulative.push(total);
  }
  return cumulative;
}
