/** An interval that holds the true value in a share `confidence` of all experiments. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The confidence reached, 0 to 1: less than asked for when there are too few rounds. */
  readonly confidence: number;
}

/**
 * The interval between the k-th smallest and the k-th largest value, for the largest k that keeps the
 * confidence; the smallest and the largest value when none does.
 *
 * @param sorted Ascending.
 * @param tail `tail(k)`: probability that the true value lies below the k-th smallest one (1-based).
 */
export function orderInterval(
  sorted: readonly number[],
  tail: (k: number) => number,
  confidence: number,
): Interval | null {
  const count = sorted.length;
  let k = 1;
  while (2 * (k + 1) <= count + 1 && 1 - 2 * tail(k + 1) >= confidence) k += 1;
  const [low, high] = [sorted[k - 1], sorted[count - k]];
  if (low === undefined || high === undefined) return null;
  return { low, high, confidence: Math.max(0, 1 - 2 * tail(k)) };
}
