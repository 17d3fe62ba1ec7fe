import { describe, expect, test } from 'vitest';
import type { Prediction, TheoryInput } from './prediction.ts';
import { entriesNeverGoBack, nothingIsLost, theUnflushedIsLost } from './write-theory.ts';

const INPUT: TheoryInput = {
  hotKey: null,
  missing: [],
  instances: 2,
  ttlSec: 60,
  slowestLoadSec: 0,
  slowestAnswerSec: 0,
  longestStallSec: 0,
  killsPerExpiry: 0,
  rows: 300,
  preloaded: true,
  updates: true,
  parameters: {},
};
const QUIET: TheoryInput = { ...INPUT, writes: { faults: false, ratePerSec: 200 } };
const FAULTY: TheoryInput = { ...INPUT, writes: { faults: true, ratePerSec: 200 } };

function limits(predictions: readonly Prediction[]) {
  return Object.fromEntries(predictions.map(({ metric, high }) => [metric, high]));
}

describe('theory of writes', () => {
  test('has nothing to say where no history was kept', () => {
    for (const predictions of [
      entriesNeverGoBack(INPUT, '0'),
      nothingIsLost(INPUT),
      theUnflushedIsLost(INPUT, 200),
    ])
      expect(predictions).toEqual([]);
  });

  test('entries that never go back leave no row wrong, unless a crash keeps their news from them', () => {
    const none = { 'consistency.divergentKeys': 0, 'consistency.monotonicViolations': 0 };
    expect(limits(entriesNeverGoBack(QUIET, '0'))).toEqual(none);
    expect(limits(entriesNeverGoBack(FAULTY, '0'))).toEqual({});
    expect(limits(entriesNeverGoBack(FAULTY, '0', true))).toEqual(none);
  });

  test('what is committed first is never lost', () => {
    expect(limits(nothingIsLost(FAULTY))).toEqual({ 'consistency.lostUpdates': 0 });
  });

  test('what is flushed every so often is lost for two intervals, and only where something breaks', () => {
    expect(limits(theUnflushedIsLost(QUIET, 200))).toEqual({ 'consistency.lostUpdates': 0 });
    // 200/s x 0.4 s = 80, and four times its square root.
    expect(theUnflushedIsLost(FAULTY, 200)[0]?.high).toBeCloseTo(115.8, 1);
  });
});
