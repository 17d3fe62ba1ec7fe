import { expect, it } from 'vitest';
import { type CheckResult, type Figure, judgeFigure, worstVerdict } from '../selfcheck/check.ts';
import { checkLine, verdictLine } from './selfcheck-lines.ts';

const TOOK = { tookMs: 38_000, inAll: 0 };

const machine = { lostShare: 0, lateness: { p99Ms: 1, worstMs: 2 } };

function result(...figures: readonly Figure[]): CheckResult {
  const judged = figures.map((figure) => judgeFigure(figure, machine));
  const verdict = worstVerdict(judged.map((figure) => figure.verdict));
  return { name: 'a-check', shows: '', verdict, figures: judged, machine, tookMs: 1 };
}

const figure = (name: string, truth: number, reading: number, unit = ''): Figure => {
  return { name, unit, truth, reading, tolerance: 1, noise: 'nothing' };
};

const words = (line: string): string => line.replaceAll(/ +/g, ' ');

it('tells the first figures of a check that passed, and their unit once', () => {
  const line = checkLine(result(figure('p50', 50, 50.25, 'ms'), figure('p99', 60.5, 60.5, 'ms')));
  expect(words(line)).toBe('✓ a-check p50 50, p99 60.5 ms 50.3, 60.5 ms +0.25, 0 ms');
});

it('tells only what is off of a check that failed', () => {
  const line = checkLine(result(figure('offered', 160, 160), figure('timeout', 40, 38)));
  expect(words(line)).toBe('✗ a-check timeout 40 38 -2');
});

it('keeps to the width of a terminal, whatever the number of figures', () => {
  const many = Array.from({ length: 12 }, (_, n) => figure(`figure ${n}`, 160, 160));
  expect(checkLine(result(...many)).length).toBeLessThanOrEqual(100);
});

it('says what was off, and what to do about noise', () => {
  expect(verdictLine('fail', [result(figure('timeout', 40, 38))], TOOK)).toContain('a-check');
  expect(verdictLine('noisy', [], TOOK)).toContain('try again');
  expect(verdictLine('pass', [], TOOK)).toContain('trusted: 0 checks in 38 s');
  expect(verdictLine('pass', [], { ...TOOK, inAll: 17 })).toBe('✓ Held: 0 of 17 checks in 38 s.');
});
