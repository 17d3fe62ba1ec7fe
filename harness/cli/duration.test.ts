import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration, formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
    [' 3s ', 3_000],
  ])('%j is %d ms', (text, expectedMs) => {
    expect(parseDuration(text)).toBe(expectedMs);
  });

  test.each(['', '10', 's', '-1s', '1e3s', '1.s', '.5s', '1 s', '10sec', '1s2ms', 'Infinitys', '１s'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  test('reads back what formatDuration wrote', () => {
    fc.assert(
      fc.property(fc.nat(), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
    expect([90_000, 120_000, 7_200_000, 1_500].map(formatDuration)).toEqual(['90s', '2m', '2h', '1500ms']);
  });
});

test('an option takes what lies in its range, and else says what was expected', () => {
  const parse = duration(100, 60_000);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.nat(120_000).map(formatDuration)), (text) => {
      const parsedMs = parseDuration(text);
      const fits = parsedMs !== null && parsedMs >= 100 && parsedMs <= 60_000;
      if (fits) expect(parse(text)).toBe(parsedMs);
      else expect(() => parse(text)).toThrow(InvalidArgumentError);
    }),
  );
  expect(() => parse('10')).toThrow(
    'Expected a duration from 100ms to 1m with its unit, such as 500ms, 10s or 2m.',
  );
});
