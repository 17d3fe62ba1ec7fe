import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { watchEventLoop } from './event-loop.ts';

function blockFor(ms: number): void {
  const untilUs = systemClock.nowUs() + ms * 1e3;
  while (systemClock.nowUs() < untilUs);
}

test('a stall shows in full, and is forgotten with the warm-up', async () => {
  const watch = watchEventLoop();
  expect(watch.read()).toEqual({ p99: 0, max: 0 });
  await delay(50);
  blockFor(300);
  await delay(50);
  const stalled = watch.read();
  // The interval that the stall fell into had begun before it.
  expect(stalled.max).toBeGreaterThan(280);
  watch.restart();
  expect(watch.read()).toEqual({ p99: 0, max: 0 });
});
