import { expect, test } from 'vitest';
import { LoopWatch } from './loop-watch.ts';

test('an answer noticed between ticks that are on time came just then', () => {
  const watch = new LoopWatch(0);
  watch.ticked(1_000);
  watch.ticked(3_000);
  expect(watch.sinceUs(3_600)).toBe(3_600);
  expect(watch.sinceUs(5_000)).toBe(5_000);
});

test('one noticed after a stall may have come since the tick before it', () => {
  const watch = new LoopWatch(0);
  watch.ticked(1_000);
  // The stall ends with the answer, or with the tick: either may be first.
  expect(watch.sinceUs(57_000)).toBe(1_000);
  watch.ticked(57_000);
  expect(watch.sinceUs(57_300)).toBe(1_000);
  watch.ticked(58_000);
  expect(watch.sinceUs(58_300)).toBe(58_300);
});
