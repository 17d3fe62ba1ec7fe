import { expect, it } from 'vitest';
import { type Freeze, frozenResponsesMs } from './freeze-theory.ts';
import { percentileOf } from './open-load.ts';

const F = 1_000;
const B = 50;
const D = 6_000;
const FREEZE: Freeze = {
  ratePerSec: 500,
  durationMs: D,
  fromMs: 2_000,
  freezeMs: F,
  serviceMs: B,
  connections: Number.POSITIVE_INFINITY,
};

it('gives the percentiles of the closed form when nobody waits for a connection', () => {
  const responses = frozenResponsesMs(FREEZE);
  expect(responses).toHaveLength(3_000);
  expect(percentileOf(responses, 50)).toBe(B);
  // One request, 2 ms, either way.
  expect(Math.abs(percentileOf(responses, 90) - (F + 2 * B - D / 10))).toBeLessThanOrEqual(2);
  expect(Math.abs(percentileOf(responses, 99) - (F + B - D / 200))).toBeLessThanOrEqual(2);
  expect(responses.at(-1)).toBe(F + B);
});

it('lets those without a connection wait for one', () => {
  const all = frozenResponsesMs(FREEZE);
  const few = frozenResponsesMs({ ...FREEZE, connections: 128 });
  expect(percentileOf(few, 50)).toBe(B);
  expect(percentileOf(few, 90)).toBeGreaterThan(percentileOf(all, 90));
  expect(few.at(-1)).toBe(F + B);
});

it('is flat without a freeze', () => {
  expect(new Set(frozenResponsesMs({ ...FREEZE, freezeMs: 0 }))).toEqual(new Set([B]));
});
