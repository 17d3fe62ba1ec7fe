import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDueEarly } from './early.ts';

const entry = { loadMs: 40, expiresAtMs: 1_000 };
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const beta = fc.double({ min: 0.01, max: 100, noNaN: true });

test('any entry is due from its expiry on, and one without a known load only then', () => {
  fc.assert(
    fc.property(draw, beta, fc.integer({ min: 0, max: 2_000 }), (uniform, b, nowMs) => {
      if (nowMs >= 1_000) expect(isDueEarly(entry, b, nowMs, uniform)).toBe(true);
      expect(isDueEarly({ ...entry, loadMs: 0 }, b, nowMs, uniform)).toBe(nowMs >= 1_000);
    }),
  );
});

test('the odds are e^(-(left) / (delta beta))', () => {
  fc.assert(
    fc.property(draw, beta, fc.integer({ min: 1, max: 999 }), (uniform, b, leftMs) => {
      const odds = Math.exp(-leftMs / (40 * b));
      // 1 - U is drawn; a hair from the edge either answer is right.
      fc.pre(Math.abs(1 - uniform - odds) > 1e-9);
      expect(isDueEarly(entry, b, 1_000 - leftMs, uniform)).toBe(1 - uniform < odds);
    }),
  );
});
