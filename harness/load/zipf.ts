import type { Random } from '../time/random.ts';

/**
 * A sampler of Zipf-distributed ranks: P(rank = k) is proportional to k^-exponent, k in 1..count.
 *
 * Rejection-inversion (W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone
 * discrete distributions", ACM TOMACS 6(3), 1996): constant time and memory, exact for any exponent above 0,
 * 1 and above included. YCSB's generator covers only exponents below 1, and many caches in production are
 * above (Yang et al., OSDI 2020).
 *
 * @returns draws a rank, 1 being the most popular
 * @throws RangeError when count is not a whole number above 0, or exponent not a finite number above 0
 */
export function zipfRanks(count: number, exponent: number, random: Random): () => number {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`zipf count must be >= 1, got ${count}`);
  if (!Number.isFinite(exponent) || exponent <= 0) {
    throw new RangeError(`zipf exponent must be > 0, got ${exponent}`);
  }
  const density = (x: number): number => Math.exp(-exponent * Math.log(x));
  /** Integral of the density, up to a constant; continuous in the exponent at 1, where it is ln x. */
  const area = (x: number): number => {
    const logX = Math.log(x);
    return expm1Ratio((1 - exponent) * logX) * logX;
  };
  const areaInverse = (y: number): number => {
    // Rounding may push the product just below -1, where the logarithm has no value.
    const scaled = Math.max(-1, y * (1 - exponent));
    return Math.exp(log1pRatio(scaled) * y);
  };
  const areaFirst = area(1.5) - 1;
  const areaLast = area(count + 0.5);
  const acceptWithin = 2 - areaInverse(area(2.5) - density(2));

  return () => {
    for (;;) {
      const y = areaLast + random.next() * (areaFirst - areaLast);
      const x = areaInverse(y);
      const rank = Math.min(count, Math.max(1, Math.floor(x + 0.5)));
      // The first test saves two exponentials in nearly every draw.
      if (rank - x <= acceptWithin || y >= area(rank + 0.5) - density(rank)) return rank;
    }
  };
}

/** ln(1 + x) / x, by its series near 0. */
function log1pRatio(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x * (1 / 2 - x * (1 / 3 - x / 4));
}

/** (e^x - 1) / x, by its series near 0. */
function expm1Ratio(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + (x / 2) * (1 + (x / 3) * (1 + x / 4));
}
