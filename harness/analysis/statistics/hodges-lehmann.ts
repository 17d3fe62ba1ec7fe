import { type Interval, orderInterval } from './interval.ts';
import { nullDistribution } from './signed-rank.ts';
import { median } from './summary.ts';

/**
 * The shift of paired differences: the median of all pairwise means, each with itself included (Hodges and
 * Lehmann, "Estimates of location based on rank tests", 1963). One wild round in seven hardly moves it.
 */
export function hodgesLehmann(differences: readonly number[]): number {
  return median(walshAverages(differences));
}

/**
 * The shifts that the signed-rank test would not reject (Hollander, Wolfe and Chicken, "Nonparametric
 * Statistical Methods", 3.3): exact for differences that are independent and symmetric around their shift.
 * They are symmetric around 0 when two strategies are the same, as their order in a round is random.
 *
 * @returns `null` for no differences. `confidence` is the one reached: 75% for 3 rounds, 93.8% for 5.
 */
export function hodgesLehmannInterval(differences: readonly number[], confidence = 0.95): Interval | null {
  const averages = walshAverages(differences).sort((a, b) => a - b);
  const ranks = differences.map((_, index) => index + 1);
  const below = nullDistribution(ranks);
  return orderInterval(averages, (k) => below(k - 1), confidence);
}

function walshAverages(values: readonly number[]): number[] {
  return values.flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2));
}
