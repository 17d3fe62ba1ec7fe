import { describe, expect, it } from 'vitest';
import { type CheckVerdict, type Figure, judgeFigure, type MachineNoise, worstVerdict } from './check.ts';

const QUIET: MachineNoise = { lostShare: 0, lateness: { p99Ms: 1, worstMs: 2 } };
const NOISY: readonly MachineNoise[] = [
  { ...QUIET, lostShare: 0.6 },
  { ...QUIET, lateness: { p99Ms: 10, worstMs: 12 } },
  { ...QUIET, lateness: { p99Ms: 1, worstMs: 300 } },
];
const FIGURE = { name: 'p50', unit: 'ms', truth: 50, tolerance: 1, noise: 'adds' } as const;

function verdict(machine: MachineNoise, figure: Partial<Figure>): CheckVerdict {
  return judgeFigure({ ...FIGURE, reading: 50, ...figure }, machine).verdict;
}

describe('judgeFigure', () => {
  it('passes within the tolerance, on any machine', () => {
    for (const machine of [QUIET, ...NOISY]) {
      expect([49, 50, 51].map((reading) => verdict(machine, { reading }))).toEqual(['pass', 'pass', 'pass']);
    }
  });

  it('fails beyond it on a quiet machine', () => {
    for (const noise of ['adds', 'shifts', 'nothing'] as const) {
      expect([48.9, 51.1].map((reading) => verdict(QUIET, { reading, noise }))).toEqual(['fail', 'fail']);
    }
  });

  it('cannot tell on a noisy machine, as far as noise can be the reason', () => {
    for (const machine of NOISY) {
      const low = { reading: 40 };
      const high = { reading: 60 };
      expect([verdict(machine, low), verdict(machine, high)]).toEqual(['fail', 'noisy']);
      expect(verdict(machine, { ...low, noise: 'shifts' })).toBe('noisy');
      expect(verdict(machine, { ...high, noise: 'nothing' })).toBe('fail');
    }
  });

  it('never fails over the noise itself', () => {
    expect(verdict(QUIET, { reading: 60, noise: 'itself' })).toBe('noisy');
  });

  it('takes a limit as one', () => {
    expect(verdict(QUIET, { reading: -1_000, atMost: true })).toBe('pass');
    expect(verdict(QUIET, { reading: 51.1, atMost: true })).toBe('fail');
  });

  it('never passes what is no number', () => {
    expect(verdict(QUIET, { reading: Number.NaN })).toBe('fail');
    expect(verdict(QUIET, { truth: Number.NaN })).toBe('fail');
    expect(verdict(QUIET, { reading: Number.NaN, atMost: true })).toBe('fail');
  });
});

it('a failure outweighs noise, noise a pass, and no figures are no pass', () => {
  expect(worstVerdict(['pass', 'noisy', 'fail'])).toBe('fail');
  expect(worstVerdict(['pass', 'noisy'])).toBe('noisy');
  expect(worstVerdict(['pass'])).toBe('pass');
  expect(worstVerdict([])).toBe('fail');
});
