import { expect, test } from 'vitest';
import { worstKey } from './fixtures/worst-keys.ts';
import { byGravity, isDivergent } from './gravity.ts';

test('what stays wrong weighs more than what passes', () => {
  const keys = [
    worstKey('often stale', { stale: 90, staleMaxMs: 5 }),
    worstKey('long stale', { stale: 3, staleMaxMs: 900 }),
    worstKey('as long, oftener', { stale: 4, staleMaxMs: 900 }),
    worstKey('dirty', { dirty: 1 }),
    worstKey('wrong in the end', {}, { finalCache: [{ held: true, version: 4 }] }),
    worstKey('lost', { lost: 1 }),
  ];
  expect(keys.toSorted(byGravity).map(({ key }) => key)).toEqual([
    'lost',
    'wrong in the end',
    'dirty',
    'as long, oftener',
    'long stale',
    'often stale',
  ]);
});

test('an entry diverges when no look saw what the database held; no entry is fine', () => {
  const seen = (...finalCache: { held: boolean; version: number | null }[]) =>
    isDivergent(worstKey('a', {}, { finalCache }));
  expect(seen({ held: true, version: 5 })).toBe(true);
  expect(seen({ held: true, version: null })).toBe(true);
  expect(seen({ held: true, version: 5 }, { held: true, version: 4 })).toBe(true);
  expect(seen({ held: true, version: 5 }, { held: true, version: 6 })).toBe(false);
  expect(seen({ held: true, version: 6 }, { held: true, version: 5 })).toBe(false);
  expect(seen({ held: true, version: 5 }, { held: false, version: null })).toBe(false);
  expect(seen({ held: false, version: null })).toBe(false);
  expect(seen()).toBe(false);
  expect(isDivergent(worstKey('a', {}, { finalDatabase: null }))).toBe(false);
});
