import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricFacts, metricNames } from '../../result/metrics.ts';
import { ThresholdError } from './error.ts';
import { parseThreshold } from './parse.ts';
import { printThreshold } from './print.ts';
import { operators, type Threshold } from './threshold.ts';

const plain = { strategy: null, against: null, confidencePercent: null, window: { kind: 'all' } } as const;

describe('parseThreshold', () => {
  test.each<[string, Partial<Threshold>]>([
    ['latency.response.p99 < 50', { metric: 'latency.response.p99', operator: '<' }],
    ['latency.response.p99<1.5s', { limit: { kind: 'value', value: 1.5, unit: 's' } }],
    ['goodput >= 99.9%', { limit: { kind: 'value', value: 99.9, unit: '%' } }],
    ['cache.memoryBytes < 64MiB', { limit: { kind: 'value', value: 64, unit: 'MiB' } }],
    ['db.peakQps < 300/s', { limit: { kind: 'value', value: 300, unit: '/s' } }],
    ['mutex: db.loadsPerExpiry <= 1.2', { strategy: 'mutex', operator: '<=' }],
    ['vs none: db.reads < 10%', { against: 'none', limit: { kind: 'share', percent: 10 } }],
    ['mutex vs none: db.reads < 10%', { strategy: 'mutex', against: 'none' }],
    [
      'vs baseline: latency.response.p99 < +10% @95%',
      { against: 'baseline', limit: { kind: 'change', percent: 10 }, confidencePercent: 95 },
    ],
    ['vs none: age.maxMs > -20%', { limit: { kind: 'change', percent: -20 } }],
    ['db.reads < 5 over all', {}],
    ['db.reads < 5 over during', { window: { kind: 'during', fault: null } }],
    ['db.reads < 5 over after(redis-kill)', { window: { kind: 'after', fault: 'redis-kill' } }],
    ['db.reads < 5 @99.5% over before( flush )', { confidencePercent: 99.5 }],
  ])('%s', (expression, expected) => {
    expect(parseThreshold(expression)).toMatchObject(expected);
  });

  test('fills in what is left out', () => {
    const limit = { kind: 'value', value: 5, unit: '' };
    expect(parseThreshold(' db.reads<5 ')).toEqual({ ...plain, metric: 'db.reads', operator: '<', limit });
  });

  test.each([
    ['', 1, 'a metric such as latency.response.p99', 'the end'],
    ['latency.respnse.p99 < 50', 1, 'the name of a metric', '"latency.respnse.p99"'],
    ['db.reads', 9, 'one of < <= > >= ==', 'the end'],
    ['db.reads = 5', 10, 'a name, a number, %, @ or one of < <= > >= ==', '"="'],
    ['db.reads < ten', 12, 'a number', '"ten"'],
    ['db.reads < 5ms', 13, 'no unit, as db.reads is in plain numbers,', '"ms"'],
    ['db.reads < 10%', 14, 'no unit, as db.reads is in plain numbers,', '"%"'],
    ['latency.response.p99 < 5 m', 26, 'us, ms, s or no unit, as latency.response.p99 is in ms,', '"m"'],
    ['db.reads < -5', 12, 'a number', '"-"'],
    ['db.reads < 1e999', 12, 'a number below 1e308', '"1e999"'],
    ['db.reads < 1.2.3', 15, 'a name, a number, %, @ or one of < <= > >= ==', '"."'],
    ['db.reads < 5 5', 14, '"@", "over" or the end', '"5"'],
    ['db.reads < 5 @ 95', 18, '"%"', 'the end'],
    ['db.reads < 5 @ 100%', 16, 'a confidence from 50% to below 100%', '"100"'],
    ['db.reads < 5 over dring', 19, 'one of all, before, during, after', '"dring"'],
    ['db.reads < 5 over after(', 25, 'the name of a fault', 'the end'],
    ['vs none: db.reads < 10', 23, '"%"', 'the end'],
    ['vs none: db.reads < -120%', 22, 'at most 100 after a minus', '"120"'],
    ['vs none db.reads < 10%', 9, '":"', '"db.reads"'],
    ['vs : db.reads < 10%', 4, 'a strategy or "baseline"', '":"'],
    ['db.reads < 5 \u{1f389}', 14, 'a name, a number, %, @ or one of < <= > >= ==', '"\u{1f389}"'],
  ])('%s: wrong at column %i', (expression, column, expected, got) => {
    expect(errorOf(expression)).toMatchObject({ position: column - 1, expected, got, expression });
  });

  test('the message shows the place and the nearest right name', () => {
    expect(errorOf('mutex: latency.respnse.p99 < 50')?.message).toBe(
      [
        `expected the name of a metric at column 8, got "latency.respnse.p99". Did you mean "latency.response.p99"? The metrics are ${metricNames.join(', ')}.`,
        '  mutex: latency.respnse.p99 < 50',
        '         ^',
      ].join('\n'),
    );
  });

  test('throws its own error or nothing, whatever it is given', () => {
    const pieces = [
      ...metricNames,
      ...operators,
      'vs',
      'none',
      'over',
      'during',
      '(',
      ')',
      ':',
      '@',
      '%',
      '+',
    ];
    const likely = fc
      .array(
        fc.oneof(fc.constantFrom(...pieces, '-', '95', '1.5', 'ms', '/s', ' '), fc.string({ maxLength: 3 })),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(likely, fc.string({ unit: 'binary' })), (expression) => {
        const error = errorOf(expression);
        if (error === null) return;
        expect(error.position).toBeGreaterThanOrEqual(0);
        expect(error.position).toBeLessThanOrEqual(expression.length);
        expect(error.message.split('\n')).toHaveLength(3);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('what is printed reads the same again', () => {
  const positive = fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => value || 0);
  const name = fc.stringMatching(/^[a-z][a-z0-9+-]{0,8}$/).filter((text) => text !== 'vs');
  const unit = {
    ms: ['', 'us', 's'],
    fraction: ['', '%'],
    bytes: ['', 'MiB', 'kB'],
    'per second': ['', '/s'],
  };
  const absolute = fc.constantFrom(...metricNames).chain((metric) =>
    fc.record({
      strategy: fc.option(name),
      against: fc.constant(null),
      metric: fc.constant(metric),
      limit: fc.record({
        kind: fc.constant('value' as const),
        value: positive,
        unit: fc.constantFrom(...((unit as Record<string, string[]>)[metricFacts[metric].unit] ?? [''])),
      }),
    }),
  );
  const relative = fc.record({
    strategy: fc.option(name),
    against: name,
    metric: fc.constantFrom(...metricNames),
    limit: fc.oneof(
      fc.record({ kind: fc.constant('share' as const), percent: positive }),
      fc.record({
        kind: fc.constant('change' as const),
        percent: fc.double({ min: -100, max: 1e9, noNaN: true }).map((value) => value || 0),
      }),
    ),
  });
  const rest = fc.record({
    operator: fc.constantFrom(...operators),
    confidencePercent: fc.option(fc.double({ min: 50, max: 99.999, noNaN: true })),
    window: fc.oneof(
      fc.constant({ kind: 'all' as const }),
      fc.record({ kind: fc.constantFrom('before', 'during', 'after'), fault: fc.option(name) }),
    ),
  });
  fc.assert(
    fc.property(fc.oneof(absolute, relative), rest, (claim, more) => {
      const threshold = { ...claim, ...more } as Threshold;
      const printed = printThreshold(threshold);
      expect(parseThreshold(printed), printed).toEqual(threshold);
      expect(printThreshold(parseThreshold(printed))).toBe(printed);
    }),
  );
});

function errorOf(expression: string): ThresholdError | null {
  try {
    parseThreshold(expression);
    return null;
  } catch (error) {
    if (error instanceof ThresholdError) return error;
    throw error;
  }
}
