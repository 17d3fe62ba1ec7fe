import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LagRecorder } from '../relay/lag-recorder.ts';
import type { LagWindow } from '../relay/protocol.ts';
import { seededRandom } from '../time/random.ts';
import { lagGrowth } from './lag-growth.ts';

const CHANGES_PER_SEC = 500;
const STORM_US = 4e6;
const SOME_TIME_US = 7e9;

/** A relay that carries on one change after the other, `share` of those that come at most; they come as by Poisson. */
function windowsOf(share: number, seed: number, pauseUs = 0): readonly LagWindow[] {
  const random = seededRandom(seed);
  using recorder = new LagRecorder();
  const each = 1e6 / CHANGES_PER_SEC;
  let [sentUs, freeUs, paused] = [0, 0, false];
  while (sentUs < STORM_US) {
    sentUs += -Math.log(1 - random.next()) * each;
    if (!paused && sentUs > STORM_US * 0.8) {
      paused = true;
      freeUs += pauseUs;
    }
    freeUs = Math.max(freeUs, sentUs) + each / share;
    const change = { key: 'a', value: '', version: 1, storedAtUs: SOME_TIME_US + sentUs };
    recorder.record(change, SOME_TIME_US + freeUs);
  }
  return recorder.read().lag.windows;
}

const seeds = fc.integer({ min: 1, max: 2 ** 30 });

test('a relay that manages only a share of what comes falls behind by the rest of each second', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.3, max: 0.9, noNaN: true }), seeds, (share, seed) => {
      // The number of changes that come is itself uncertain by 2.2% (one standard deviation).
      expect(Math.abs((lagGrowth(windowsOf(share, seed)) ?? -1) - 1000 * (1 - share))).toBeLessThan(100);
    }),
    { numRuns: 60 },
  );
  const many = Array.from({ length: 40 }, (_, seed) => lagGrowth(windowsOf(0.9, seed + 1)) ?? -1);
  expect(Math.abs(many.reduce((all, one) => all + one, 0) / many.length - 100)).toBeLessThan(10);
});

test('a relay that keeps up does not fall behind, paused for a while or not', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 300_000), seeds, (pauseUs, seed) => {
      expect(lagGrowth(windowsOf(3, seed, pauseUs))).toBeLessThan(2);
    }),
    { numRuns: 60 },
  );
});

test('one process that falls behind is not hidden by three that keep up', () => {
  const behind = windowsOf(0.5, 1);
  const alone = lagGrowth(behind);
  expect(alone).toBeGreaterThan(400);
  expect(lagGrowth([...windowsOf(3, 2), ...windowsOf(3, 3), ...behind, ...windowsOf(3, 4)])).toBe(alone);
});

test('catching up is not falling behind', () => {
  const falling = Array.from({ length: 30 }, (_, at) => ({
    fromUs: at * 100_000,
    applied: 1,
    maxLagUs: 3e6 - at * 50_000,
  }));
  expect(lagGrowth(falling)).toBe(0);
});

test('a long storm is looked at in longer stretches, by the largest lag of each', () => {
  const windows = Array.from({ length: 6_000 }, (_, at) => ({
    fromUs: at * 100_000,
    applied: 1,
    maxLagUs: at % 30 === 0 ? at * 5_000 : 0,
  }));
  expect(lagGrowth(windows)).toBeCloseTo(50, 6);
});

test('a few stretches tell nothing', () => {
  expect(lagGrowth([])).toBeNull();
  expect(lagGrowth(windowsOf(0.5, 1).slice(0, 7))).toBeNull();
  expect(lagGrowth(windowsOf(0.5, 1).slice(0, 8))).not.toBeNull();
});
