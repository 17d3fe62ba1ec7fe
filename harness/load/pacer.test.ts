import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../time/random.ts';
import { type ArrivalKind, arrivals } from './pacer.ts';

function all(kind: ArrivalKind, ratePerSec: number, durationMs: number, seed = 1): number[] {
  const next = arrivals(kind, ratePerSec, durationMs, seededRandom(seed));
  const times: number[] = [];
  for (let atUs = next(); atUs !== Number.POSITIVE_INFINITY; atUs = next()) times.push(atUs);
  expect(next(), 'stays at its end').toBe(Number.POSITIVE_INFINITY);
  return times;
}

const rates = fc.double({ min: 0.5, max: 20_000, noNaN: true });
const durations = fc.integer({ min: 1, max: 500 });

describe('arrivals', () => {
  it('come in order within [0, duration)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ArrivalKind>('constant', 'poisson'),
        rates,
        durations,
        fc.integer(),
        (kind, rate, durationMs, seed) => {
          const times = all(kind, rate, durationMs, seed);
          times.forEach((atUs, index) => {
            expect(atUs).toBeGreaterThanOrEqual(index === 0 ? 0 : (times[index - 1] as number));
            expect(atUs).toBeLessThan(durationMs * 1e3);
          });
        },
      ),
    );
  });

  it('are rate x duration many at a constant rate', () => {
    fc.assert(
      fc.property(rates, durations, (rate, durationMs) => {
        const exact = (rate * durationMs) / 1e3;
        expect(Math.abs(all('constant', rate, durationMs).length - exact)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('do not drift: the millionth at 3/s stands where it should', () => {
    const next = arrivals('constant', 3, 1e9, seededRandom(1));
    let atUs = Number.NaN;
    for (let index = 0; index <= 999_999; index++) atUs = next();
    expect(atUs).toBe((999_999 * 1e6) / 3);
  });

  it.each([1, 2, 3, 4, 5])('have exponential gaps when Poisson (Kolmogorov-Smirnov, seed %d)', (seed) => {
    const rate = 2_000;
    const times = all('poisson', rate, 10_000, seed);
    const count = times.length;
    // The number of arrivals has a standard deviation of its own square root.
    expect(Math.abs(count - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    const gaps = times.map((atUs, index) => atUs - (times[index - 1] ?? 0)).sort((a, b) => a - b);
    let distance = 0;
    gaps.forEach((gapUs, index) => {
      const probability = 1 - Math.exp((-gapUs * rate) / 1e6);
      distance = Math.max(distance, probability - index / count, (index + 1) / count - probability);
    });
    // A true exponential exceeds this in 1 of 1,000 sets.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  });

  it('repeat for the same seed and differ for another', () => {
    expect(all('poisson', 1_000, 100, 1)).toEqual(all('poisson', 1_000, 100, 1));
    expect(all('poisson', 1_000, 100, 1)).not.toEqual(all('poisson', 1_000, 100, 2));
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse a rate or a duration of %d', (value) => {
    expect(() => arrivals('constant', value, 1, seededRandom(1))).toThrow('ratePerSec');
    expect(() => arrivals('constant', 1, value, seededRandom(1))).toThrow('durationMs');
  });
});
