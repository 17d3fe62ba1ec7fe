import { expect, test } from 'vitest';
import type { GeneratorReport, StalenessReport } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { stalenessValues } from './staleness.ts';

/** Of 200 reads, those that were stale at least so long. */
function valuesOf(atLeastMs: readonly number[], afterWrite = 50) {
  using histogram = new LatencyHistogram();
  for (const ms of atLeastMs) histogram.record(ms * 1e3);
  const maxMs = Math.max(0, ...atLeastMs);
  const staleness: StalenessReport = {
    writes: 10,
    reads: 200,
    afterWrite,
    stale: atLeastMs.length,
    maxMs: { atLeast: maxMs, atMost: maxMs + 3 },
    atLeastHistogram: histogram.encode(),
  };
  return stalenessValues({ staleness } as GeneratorReport);
}

test('the share is of all reads, the times are of the stale ones', () => {
  const { 'staleness.readRate': rate, ...times } = valuesOf([1, 1, 2, 40]);
  expect(rate).toBe(0.02);
  expect(times['staleness.p50Ms']).toBeCloseTo(1, 2);
  expect(times['staleness.p99Ms']).toBeCloseTo(40, 1);
  expect(times['staleness.maxMs']).toBe(40);
});

test('no read was stale: 0, not unknown', () => {
  expect(Object.values(valuesOf([]))).toEqual([0, 0, 0, 0]);
});

test('no row was read after its write, or nothing was written: unknown, not 0', () => {
  expect(Object.values(valuesOf([], 0))).toEqual([null, null, null, null]);
  expect(Object.values(stalenessValues({} as GeneratorReport))).toEqual([null, null, null, null]);
});
