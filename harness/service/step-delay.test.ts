import { expect, test } from 'vitest';
import type { Clock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { delayedBarrier } from './step-delay.ts';

function bench() {
  const slept: number[] = [];
  const passed: string[] = [];
  const clock: Clock = {
    nowUs: () => 0,
    wallMs: () => 0,
    sleep: async (ms) => void slept.push(ms),
  };
  const barrier = async (name: string, key: string) =>
    void passed.push(`${name} ${key} after ${slept.length}`);
  return { slept, passed, clock, barrier };
}

test('without a delay it is the barrier itself', () => {
  const { barrier, clock } = bench();
  expect(delayedBarrier(barrier, 0, seededRandom(1), clock)).toBe(barrier);
});

test('does not wait where no request is sent', async () => {
  const { slept, passed, barrier, clock } = bench();
  const delayed = delayedBarrier(barrier, 8, seededRandom(1), clock);
  await delayed('afterCacheMiss', 'item-1');
  await delayed('beforeApply', 'item-1');
  expect(passed).toHaveLength(2);
  expect(slept).toEqual([]);
});

test('waits before the barrier, exponentially, and the same for the same seed', async () => {
  const { slept, passed, barrier, clock } = bench();
  const delayed = delayedBarrier(barrier, 8, seededRandom(1), clock);
  for (let n = 0; n < 20_000; n++) await delayed('beforeCacheSet', `item-${n}`);
  expect(passed.slice(0, 2)).toEqual(['beforeCacheSet item-0 after 1', 'beforeCacheSet item-1 after 2']);
  const mean = slept.reduce((sum, ms) => sum + ms) / slept.length;
  // Four standard errors of the mean of exponential draws; half of them are below mean ln 2.
  expect(Math.abs(mean - 8)).toBeLessThan((4 * 8) / Math.sqrt(slept.length));
  const short = slept.filter((ms) => ms < 8 * Math.LN2).length / slept.length;
  expect(Math.abs(short - 0.5)).toBeLessThan(2 / Math.sqrt(slept.length));
  const again = bench();
  const other = delayedBarrier(again.barrier, 8, seededRandom(1), again.clock);
  for (let n = 0; n < 100; n++) await other('beforeCacheSet', 'item-1');
  expect(again.slept).toEqual(slept.slice(0, 100));
});
