import { describe, expect, test } from 'vitest';
import { binomialQuantile, geometricSumQuantile, poissonQuantile } from './count-quantiles.ts';

describe('quantiles of counts', () => {
  // Garwood, Biometrika 28 (1936), table of 95% limits of a Poisson mean: n is the outermost count that its limits allow.
  test.each([
    [5, 1.623, 11.668],
    [10, 4.795, 18.39],
    [20, 12.217, 30.888],
    [50, 37.111, 65.919],
    [100, 81.364, 121.627],
  ])('of a Poisson count agree with Garwood’s limits of %i', (count, low, high) => {
    // Just inside the limits the count is allowed, just outside it is not.
    expect(poissonQuantile(0.975, low * 1.001)).toBeGreaterThanOrEqual(count);
    expect(poissonQuantile(0.975, low * 0.999)).toBeLessThan(count);
    expect(poissonQuantile(0.025, high * 0.999)).toBeLessThanOrEqual(count);
    expect(poissonQuantile(0.025, high * 1.001)).toBeGreaterThan(count);
  });

  // Clopper and Pearson, Biometrika 26 (1934): 95% limits of a share.
  test.each([
    [1, 10, 0.00253, 0.445],
    [3, 10, 0.0667, 0.6525],
    [5, 10, 0.1871, 0.8129],
    [2, 20, 0.0123, 0.317],
    [10, 100, 0.049, 0.1762],
  ])(
    'of a binomial count agree with the limits of %i of %i by Clopper and Pearson',
    (hits, draws, low, high) => {
      expect(binomialQuantile(0.975, draws, low * 1.01)).toBeGreaterThanOrEqual(hits);
      expect(binomialQuantile(0.975, draws, low * 0.97)).toBeLessThan(hits);
      expect(binomialQuantile(0.025, draws, high * 0.997)).toBeLessThanOrEqual(hits);
      expect(binomialQuantile(0.025, draws, high * 1.003)).toBeGreaterThan(hits);
    },
  );

  test('of a sum of geometric counts: two of mean 2 are 2 with 1/4, 3 with 1/4, 4 with 3/16', () => {
    expect([0.24, 0.26, 0.49, 0.51, 0.68, 0.69].map((level) => geometricSumQuantile(level, 2, 2))).toEqual([
      2, 3, 3, 4, 4, 5,
    ]);
  });

  test('narrow as counts are pooled, and reach into the far tails of large ones', () => {
    const width = (rounds: number) => {
      const [low, high] = [5e-5, 1 - 5e-5].map((level) => geometricSumQuantile(level, 4 * rounds, 2.65));
      return ((high ?? 0) - (low ?? 0)) / (4 * rounds);
    };
    expect(width(9)).toBeLessThan(width(1) / 2.5);
    // Normal to four digits by now: 100,000 + 3.891 sqrt(100,000).
    expect(poissonQuantile(1 - 5e-5, 100_000)).toBeCloseTo(101_232, -1);
    expect(poissonQuantile(5e-5, 100_000)).toBeCloseTo(98_772, -1);
  });

  test('of what is certain, or never happens', () => {
    expect([poissonQuantile(0.9, 0), binomialQuantile(0.9, 7, 0), binomialQuantile(0.1, 7, 1)]).toEqual([
      0, 0, 7,
    ]);
    expect(geometricSumQuantile(0.9, 5, 1)).toBe(5);
  });
});
