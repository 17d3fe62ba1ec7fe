import { expect, test } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { LagRecorder } from './lag-recorder.ts';

const change = (key: string, version: number | null, storedAtUs: number) => ({
  ...{ key, value: 'v', version, storedAtUs },
});

test('tells how late changes came, by windows of 100 ms, and in which order', () => {
  using recorder = new LagRecorder();
  recorder.record(change('a', 2, 190_000), 210_000);
  recorder.record(change('b', 7, 250_000), 299_999);
  recorder.record(change('a', 3, 295_000), 299_999.5);
  recorder.record(change('a', null, 400_000), 500_000);
  const { lag, changes } = recorder.read();
  expect(lag.windows).toEqual([
    { fromUs: 200_000, applied: 3, maxLagUs: 49_999 },
    { fromUs: 500_000, applied: 1, maxLagUs: 100_000 },
  ]);
  // A change without a version is told from others by when it was sent.
  expect(changes).toEqual([
    { key: 'a', order: 2, atUs: 210_000 },
    { key: 'b', order: 7, atUs: 299_999 },
    { key: 'a', order: 3, atUs: 299_999.5 },
    { key: 'a', order: 400_000, atUs: 500_000 },
  ]);
  using histogram = LatencyHistogram.decode(lag.histogram);
  expect(histogram.count).toBe(4);
  expect(histogram.percentile(100)).toBeGreaterThanOrEqual(100_000);
});

test('forgets at a restart what was before, and keeps nothing of what it told', () => {
  using recorder = new LagRecorder();
  recorder.record(change('a', 1, 0), 10);
  const before = recorder.read();
  recorder.restart();
  recorder.record(change('b', 1, 0), 20);
  const { lag, changes } = recorder.read();
  expect(changes.map(({ key }) => key)).toEqual(['b']);
  expect(lag.windows).toEqual([{ fromUs: 0, applied: 1, maxLagUs: 20 }]);
  using histogram = LatencyHistogram.decode(lag.histogram);
  expect(histogram.count).toBe(1);
  expect(before.changes.map(({ key }) => key)).toEqual(['a']);
});
