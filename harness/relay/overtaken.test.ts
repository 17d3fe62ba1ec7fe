import { expect, test } from 'vitest';
import { countOvertaken } from './overtaken.ts';
import type { AppliedChange } from './protocol.ts';

const change = (key: string, order: number, atUs: number): AppliedChange => ({ key, order, atUs });

test('counts what comes after a newer one of its row, in the order of time', () => {
  expect(countOvertaken([])).toBe(0);
  const inOrder = [change('a', 1, 10), change('b', 5, 11), change('a', 2, 12), change('b', 6, 13)];
  expect(countOvertaken(inOrder)).toBe(0);
  // As two processes hand them in, one after the other.
  expect(countOvertaken([change('a', 1, 10), change('a', 3, 30), change('a', 2, 20)])).toBe(0);
  expect(
    countOvertaken([change('a', 3, 10), change('a', 1, 30), change('b', 1, 40), change('a', 2, 20)]),
  ).toBe(2);
});

test('what was overtaken overtakes nothing itself', () => {
  expect(countOvertaken([change('a', 3, 10), change('a', 1, 20), change('a', 2, 30)])).toBe(2);
});

test('what is applied again is overtaken only by something newer', () => {
  expect(countOvertaken([change('a', 1, 10), change('a', 1, 20), change('a', 2, 30)])).toBe(0);
  expect(
    countOvertaken([change('a', 1, 10), change('a', 2, 20), change('a', 1, 30), change('a', 2, 40)]),
  ).toBe(1);
});
