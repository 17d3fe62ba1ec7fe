import { studentQuantile } from './student.ts';

/** How often a change of the reported size would have been found. */
const POWER = 0.8;

/**
 * The smallest relative change that rounds of this spread would have found in four of five runs, 0.08 for 8%:
 *
 *     exp(beyond + (t[1 - level/2] + t[0.8]) s / sqrt(n)) - 1,    n - 1 degrees of freedom
 *
 * with s the standard deviation of the paired log ratios (Bloom, "Minimum detectable effects", 1995, on a log
 * scale). Itself an estimate: from 3 rounds s may well be half or twice as large. It takes the log ratios as
 * normal. The signed-rank test then needs pi/3 times as many rounds as Student's (Hodges and Lehmann, "The
 * efficiency of some nonparametric competitors of the t-test", 1956): give it `spread` times sqrt(pi/3).
 *
 * @param beyond Log of the change that doesn't count yet; 0 when any change does.
 */
export function detectableChange(spread: number, n: number, level: number, beyond = 0): number {
  const quantiles = studentQuantile(1 - level / 2, n - 1) + studentQuantile(POWER, n - 1);
  return Math.expm1(beyond + (quantiles * spread) / Math.sqrt(n));
}

/**
 * The smallest relative change whose estimate comes out larger than `beyond` in four of five runs: with many rounds
 * it is not chance that a change has to stand out from, but what doesn't count.
 */
export function exceedingChange(spread: number, n: number, beyond: number): number {
  return Math.expm1(beyond + (studentQuantile(POWER, n - 1) * spread) / Math.sqrt(n));
}
