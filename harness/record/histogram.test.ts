import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistogramDecodeError, LatencyHistogram, MAX_TRACKABLE_US } from './histogram.ts';

const values = fc.array(fc.integer({ min: 1, max: MAX_TRACKABLE_US }), { minLength: 1, maxLength: 200 });

function histogramOf(valuesUs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const valueUs of valuesUs) histogram.record(valueUs);
  return histogram;
}

describe('LatencyHistogram', () => {
  it('has no percentile, maximum or fraction before the first value', () => {
    using histogram = new LatencyHistogram();
    expect([histogram.percentile(50), histogram.max, histogram.fractionAbove(1)]).toEqual([null, null, null]);
    expect(histogram.count).toBe(0);
  });

  it('gives percentiles within 0.1% of those of the sorted values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (valuesUs, percent) => {
        using histogram = histogramOf(valuesUs);
        const sorted = [...valuesUs].sort((a, b) => a - b);
        const exactUs = sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number;
        const measuredUs = histogram.percentile(percent) as number;
        expect(Math.abs(measuredUs - exactUs)).toBeLessThanOrEqual(exactUs / 1000 + 1);
      }),
    );
  });

  it('tells the fraction above a value', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: MAX_TRACKABLE_US }), (valuesUs, limitUs) => {
        using histogram = histogramOf(valuesUs);
        const fraction = histogram.fractionAbove(limitUs) as number;
        const above = (slack: number): number => valuesUs.filter((value) => value > limitUs * slack).length;
        expect(fraction).toBeGreaterThanOrEqual((above(1.001) - 0.01) / valuesUs.length);
        expect(fraction).toBeLessThanOrEqual((above(0.998) + 0.01) / valuesUs.length);
      }),
    );
  });

  it('has no percentile above its maximum', () => {
    fc.assert(
      fc.property(values, (valuesUs) => {
        using histogram = histogramOf(valuesUs);
        expect(histogram.percentile(100)).toBe(histogram.max);
      }),
    );
  });

  it('does not count a value at a limit as above it', () => {
    using histogram = histogramOf([5, 5, 9]);
    expect([4, 5, 8, 9].map((limitUs) => histogram.fractionAbove(limitUs))).toEqual([1, 1 / 3, 1 / 3, 0]);
  });

  it('clamps to its range and refuses NaN', () => {
    using histogram = histogramOf([-5, Number.POSITIVE_INFINITY, 10 * MAX_TRACKABLE_US]);
    expect(histogram.count).toBe(3);
    expect(histogram.percentile(1)).toBe(0);
    expect(histogram.max).toBeGreaterThanOrEqual(MAX_TRACKABLE_US);
    expect(() => histogram.record(Number.NaN)).toThrow(RangeError);
  });

  it('merges and survives the way through text', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        using merged = histogramOf(left);
        using other = histogramOf(right);
        merged.merge(other);
        using all = histogramOf([...left, ...right]);
        using decoded = LatencyHistogram.decode(merged.encode());
        using decodedTwice = LatencyHistogram.decode(decoded.encode());
        for (const histogram of [merged, decoded, decodedTwice]) {
          expect(histogram.count).toBe(all.count);
          for (const percent of [1, 50, 99, 100]) {
            // Not equal: a merged maximum is known only to the resolution.
            const expectedUs = all.percentile(percent) as number;
            const slackUs = expectedUs / 1000;
            expect(Math.abs((histogram.percentile(percent) as number) - expectedUs)).toBeLessThanOrEqual(
              slackUs,
            );
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('merges a decoded histogram into an empty one', () => {
    using empty = LatencyHistogram.decode(new LatencyHistogram().encode());
    using other = LatencyHistogram.decode(histogramOf([59_000_000]).encode());
    empty.merge(other);
    expect(empty.count).toBe(1);
  });

  it('refuses a text that is no histogram', () => {
    expect(() => LatencyHistogram.decode('bm90IG9uZQ==')).toThrow(HistogramDecodeError);
    expect(() => LatencyHistogram.decode('')).toThrow(HistogramDecodeError);
  });

  it('cannot be used after its disposal', () => {
    const histogram = new LatencyHistogram();
    histogram[Symbol.dispose]();
    expect(() => histogram.record(1)).toThrow();
  });
});
