import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heat } from './heat.ts';

test('a key is hot from its threshold on, and cold a whole window without reads later', () => {
  const heat = new Heat(3, 100);
  expect([0, 10, 20, 99].map((ms) => heat.note('a', ms))).toEqual([false, false, true, true]);
  expect(heat.note('b', 99)).toBe(false);
  // Still hot in the window that follows, by what was counted before.
  expect(heat.note('a', 150)).toBe(true);
  expect(heat.note('a', 250)).toBe(false);
  expect([260, 270].map((ms) => heat.note('a', ms))).toEqual([false, true]);
  expect(heat.note('a', 1_000)).toBe(false);
});

test('says of any history what counting it anew says', () => {
  const reads = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), gapMs: fc.nat(60) }), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(reads, fc.integer({ min: 1, max: 5 }), (history, threshold) => {
      const heat = new Heat(threshold, 100);
      let nowMs = 0;
      const seen: { key: string; window: number }[] = [];
      for (const { key, gapMs } of history) {
        nowMs += gapMs;
        const window = Math.floor(nowMs / 100);
        seen.push({ key, window });
        const count = (at: number) => seen.filter((read) => read.key === key && read.window === at).length;
        expect(heat.note(key, nowMs)).toBe(count(window) >= threshold || count(window - 1) >= threshold);
      }
    }),
  );
});
