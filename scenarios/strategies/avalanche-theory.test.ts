import { expect, test } from 'vitest';
import { gatedLoads, peakOfSpreadExpiries, predictJitteredAge, predictKeptAge } from './avalanche-theory.ts';
import type { TheoryInput } from './prediction.ts';

const INPUT: TheoryInput = {
  hotKey: null,
  missing: [],
  instances: 2,
  ttlSec: 10,
  slowestLoadSec: 0.5,
  slowestAnswerSec: 1,
  longestStallSec: 0,
  killsPerExpiry: 0,
  rows: 2_000,
  preloaded: true,
  updates: false,
  parameters: { spread: 0.4, maxStaleMs: 3_000 },
};

test('entries written at once expire at N / W a second', () => {
  expect(peakOfSpreadExpiries(INPUT)).toMatchObject([{ metric: 'db.peakQps', value: 500, low: null }]);
  // 50 in 100 ms, and at most four times the square root of it more.
  expect(peakOfSpreadExpiries(INPUT)[0]?.high).toBeCloseTo(10 * (50 + 4 * Math.sqrt(50)));
});

test('nothing is predicted of a peak that comes of something else, or without a window', () => {
  expect(peakOfSpreadExpiries({ ...INPUT, preloaded: false })).toEqual([]);
  expect(peakOfSpreadExpiries({ ...INPUT, parameters: { spread: 0 } })).toEqual([]);
});

test('a gate limits the loads of an expiry where it is narrower than the herd', () => {
  const hot = { ratePerSec: 1_000, loadSec: 0.1 };
  expect(gatedLoads(hot, 32)).toMatchObject({ low: 1, value: 32, formula: 'P N' });
  expect(gatedLoads(hot, 320)).toMatchObject({ low: 1, value: 101, formula: '1 + r d' });
});

test('ages count what may be read, and the ways there and back', () => {
  expect(predictJitteredAge(INPUT).high).toBe(1_000 * (10 + 2 + 0.5 + 1));
  expect(predictKeptAge(INPUT).high).toBe(1_000 * (10 + 2 + 3 + 0.5 + 1));
  expect(predictKeptAge({ ...INPUT, parameters: { maxStaleMs: 3_000 } }).high).toBe(
    1_000 * (10 + 3 + 0.5 + 1),
  );
});
