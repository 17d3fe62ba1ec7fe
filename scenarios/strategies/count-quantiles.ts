/** Exact quantiles of the counts that theory speaks of, added up term by term. */

/** A distribution over 0, 1, 2, ...: the logarithm of its first probability, and of each to the one before. */
interface Counts {
  readonly logFirst: number;
  /** log(P(count + 1) / P(count)) */
  logStep(count: number): number;
  readonly most: number;
}

/**
 * The smallest count whose cumulative probability reaches `level`.
 *
 * Logarithms carry the terms: e^-mean itself is 0 to a double from a mean of 745 on.
 */
function quantile({ logFirst, logStep, most }: Counts, level: number): number {
  let logTerm = logFirst;
  let below = Math.exp(logTerm);
  let count = 0;
  while (below < level && count < most) {
    logTerm += logStep(count);
    count++;
    const term = Math.exp(logTerm);
    // Far in the upper tail: what is left is below the last digit of the sum.
    if (below + term === below && below > 0.5) break;
    below += term;
  }
  return count;
}

/** Independent arrivals, of which `mean` are expected. */
export function poissonQuantile(level: number, mean: number): number {
  if (mean <= 0) return 0;
  return quantile(
    {
      logFirst: -mean,
      logStep: (count) => Math.log(mean) - Math.log(count + 1),
      most: Number.POSITIVE_INFINITY,
    },
    level,
  );
}

/** Hits among `draws` independent ones of probability `p`. */
export function binomialQuantile(level: number, draws: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return draws;
  const logOdds = Math.log(p) - Math.log1p(-p);
  return quantile(
    {
      logFirst: draws * Math.log1p(-p),
      logStep: (count) => Math.log((draws - count) / (count + 1)) + logOdds,
      most: draws,
    },
    level,
  );
}

/** The sum of `terms` geometric counts over 1, 2, 3, ..., each of this mean. */
export function geometricSumQuantile(level: number, terms: number, mean: number): number {
  if (mean <= 1) return terms;
  return (
    terms +
    quantile(
      {
        logFirst: -terms * Math.log(mean),
        logStep: (count) => Math.log((terms + count) / (count + 1)) + Math.log1p(-1 / mean),
        most: Number.POSITIVE_INFINITY,
      },
      level,
    )
  );
}
