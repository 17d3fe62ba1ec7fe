import { expect, test } from 'vitest';
import { parseCpuTimes, stealShare } from './cpu-steal.ts';

test('busy and stolen ticks come from the line of all cores', () => {
  const stat = 'cpu  100 20 30 4000 500 6 7 80 9 0\ncpu0 50 10 15 2000 250 3 3 40 4 0\nintr 1 2 3\n';
  expect(parseCpuTimes(stat)).toEqual({ busy: 163, stolen: 80 });
});

test.each(['', 'cpu  1 2 3 4 5 6 7\n', 'cpu0 1 2 3 4 5 6 7 8 9 0\n'])('%j tells nothing', (stat) => {
  expect(parseCpuTimes(stat)).toBeNull();
});

test('the share is that of the time asked for', () => {
  const before = { busy: 1_000, stolen: 50 };
  expect(stealShare(before, { busy: 1_190, stolen: 60 })).toBe(0.05);
  expect(stealShare(before, { busy: 1_190, stolen: 50 })).toBe(0);
  // A machine that moved to another host may count anew.
  expect(stealShare(before, { busy: 1_190, stolen: 40 })).toBe(0);
  expect(stealShare(before, before)).toBeNull();
  expect(stealShare(null, before)).toBeNull();
});
