/**
 * The largest distance between the distribution of some values and one that is known (Kolmogorov's D).
 *
 * @param cdf the known distribution: the share of values up to x
 * @returns 0 to 1; `NaN` without values
 */
export function ksDistance(values: readonly number[], cdf: (x: number) => number): number {
  const ascending = values.toSorted((a, b) => a - b);
  const count = ascending.length;
  if (count === 0) return Number.NaN;
  let largest = 0;
  for (const [index, value] of ascending.entries()) {
    const expected = cdf(value);
    // The steps of the empirical distribution lie on either side of each value.
    largest = Math.max(largest, (index + 1) / count - expected, expected - index / count);
  }
  return largest;
}

/** The distance that chance exceeds once in a hundred times (Smirnov 1948, for 35 values or more). */
export function ksCritical(count: number): number {
  return 1.628 / Math.sqrt(count);
}
