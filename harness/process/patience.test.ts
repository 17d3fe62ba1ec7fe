import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Patience } from './patience.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('is over after its time, once', () => {
  const onOver = vi.fn();
  using _patience = new Patience(1_000, onOver);
  vi.advanceTimersByTime(999);
  expect(onOver).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(onOver).toHaveBeenCalledTimes(1);
});

test('begins anew when it is restarted, and is never over once disposed of', () => {
  const onOver = vi.fn();
  const patience = new Patience(1_000, onOver);
  vi.advanceTimersByTime(900);
  patience.restart();
  vi.advanceTimersByTime(900);
  patience.restart(2_000);
  vi.advanceTimersByTime(1_900);
  expect(onOver).not.toHaveBeenCalled();
  patience[Symbol.dispose]();
  vi.advanceTimersByTime(9_000);
  expect(onOver).not.toHaveBeenCalled();
});

test('without an end is never over, until it is given one', () => {
  const onOver = vi.fn();
  using patience = new Patience(Number.POSITIVE_INFINITY, onOver);
  vi.advanceTimersByTime(1e9);
  expect(onOver).not.toHaveBeenCalled();
  patience.restart(1_000);
  vi.advanceTimersByTime(1_000);
  expect(onOver).toHaveBeenCalledTimes(1);
});
