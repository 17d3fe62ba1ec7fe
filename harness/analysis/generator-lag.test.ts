import { expect, test } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { doubtfulPercentiles } from './generator-lag.ts';

/** Pairs of how often and how many ms. */
function histogram(...values: readonly (readonly [count: number, ms: number])[]): string {
  using all = new LatencyHistogram();
  for (const [count, ms] of values) for (let n = 0; n < count; n++) all.record(ms * 1e3);
  return all.encode();
}

test('one stall that moves the 99th percentile and no percentile of the lag is found', () => {
  // 12,000 requests; 100 are slow by themselves, 60 were held up by a stall and would have taken 5 ms.
  const response = histogram([11_840, 5], [100, 18], [60, 40]);
  const onTime = histogram([11_900, 5], [100, 18]);
  const found = doubtfulPercentiles({ response, onTime }, [50, 90, 99, 99.9]);
  expect(found.map(({ percent }) => percent)).toEqual([99, 99.9]);
  expect(found[0]?.ms).toBeCloseTo(18, 1);
  expect(found[0]?.atLeastMs).toBeCloseTo(5, 1);
});

test('what is less than a quarter, or than 2 ms, is no matter', () => {
  const of = (ms: number, atLeastMs: number) =>
    doubtfulPercentiles({ response: histogram([100, ms]), onTime: histogram([100, atLeastMs]) }, [50]).length;
  expect([of(100, 76), of(100, 74)]).toEqual([0, 1]);
  expect([of(3, 1.1), of(3, 0.9)]).toEqual([0, 1]);
});

test('a closed load and an earlier report have no such range', () => {
  expect(doubtfulPercentiles({ response: histogram([100, 5]) }, [50])).toEqual([]);
});
