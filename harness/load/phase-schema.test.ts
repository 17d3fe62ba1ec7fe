import { expect, test } from 'vitest';
import { phasesSchema } from './phase-schema.ts';

const messagesOf = (phases: unknown): string[] =>
  phasesSchema.safeParse(phases).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
  [];

test('takes every shape as it is', () => {
  const phases = [
    { shape: 'steady', durationMs: 100, ratePerSec: 0 },
    { shape: 'ramp', durationMs: 100, fromPerSec: 0, toPerSec: 10 },
    { shape: 'spike', durationMs: 100, basePerSec: 1, peakPerSec: 10 },
    { shape: 'spike', durationMs: 100, basePerSec: 1, peakPerSec: 10, peakFromMs: 0, peakMs: 100 },
    { shape: 'steps', durationMs: 100, ratesPerSec: [1, 2, 3] },
  ];
  expect(phasesSchema.parse(phases)).toEqual(phases);
});

test.each([
  [[], ''],
  [[{ shape: 'stedy', durationMs: 1 }], '0.shape'],
  [[{ shape: 'steady', durationMs: 100 }], '0.ratePerSec'],
  [[{ shape: 'steady', durationMs: 100, ratePerSec: -1 }], '0.ratePerSec'],
  [[{ shape: 'steady', durationMs: 0, ratePerSec: 1 }], '0.durationMs'],
  [[{ shape: 'steps', durationMs: 100, ratesPerSec: [] }], '0.ratesPerSec'],
  [[{ shape: 'ramp', durationMs: 100, fromPerSec: 0, toPerSec: 0 }], 'a rate above 0'],
  [
    [{ shape: 'spike', durationMs: 100, basePerSec: 1, peakPerSec: 2, peakFromMs: 90 }],
    'a peak that ends within the phase',
  ],
  [Array.from({ length: 2 }, () => ({ shape: 'steady', durationMs: 400_000, ratePerSec: 1 })), '600000 ms'],
])('refuses %j', (phases, what) => {
  expect(messagesOf(phases).join('\n')).toContain(what);
  expect(messagesOf(phases)).not.toEqual([]);
});
