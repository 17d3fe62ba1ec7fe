import { expect, test } from 'vitest';
import { z } from 'zod';
import { shown } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { problemsOf } from './problems.ts';

const schema = z.strictObject({
  count: z.int().min(1).max(9).optional(),
  share: z.number().gt(0).lt(1).optional(),
  either: z.union([z.string(), z.number()]).optional(),
  even: z.number().multipleOf(2).optional(),
  nested: z.strictObject({ name: z.string() }).optional(),
});

function told(value: unknown, prefix = ''): string[] {
  const { error } = schema.safeParse(value);
  if (error === undefined) return [];
  return problemsOf(error, value, prefix, () => ['name', 'other']).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

test.each([
  [{ count: 0 }, 'count: expected at least 1, got number 0'],
  [{ count: 10 }, 'count: expected at most 9, got number 10'],
  [{ share: 0 }, 'share: expected more than 0, got number 0'],
  [{ share: 1 }, 'share: expected less than 1, got number 1'],
  [{ either: true }, 'either: expected something else, got boolean true'],
  [{ even: 3 }, 'even: expected Invalid number: must be a multiple of 2, got number 3'],
  [
    { nested: { name: 'x', naem: 1 } },
    'nested.naem: unknown name; expected one of name, other. Did you mean "name"?',
  ],
])('%j: %s', (value, problem) => {
  expect(told(value)).toEqual([problem]);
});

test('a path has its prefix before it, and stands without one', () => {
  expect(told({ count: 0 }, 'mine.ts')).toEqual(['mine.ts: count: expected at least 1, got number 0']);
  expect(told(7, 'mine.ts')).toEqual(['mine.ts: expected object, got number 7']);
});

test('a value is shown by its type, and shortened', () => {
  expect([undefined, null, () => 0, [1], { a: 1 }, Symbol.iterator].map(shown)).toEqual([
    ...['nothing', 'null null', 'a function', 'array [1]', 'object {"a":1}'],
    'symbol Symbol(Symbol.iterator)',
  ]);
  expect(shown('x'.repeat(58))).toBe(`string "${'x'.repeat(58)}"`);
  expect(shown('x'.repeat(59))).toBe(`string "${'x'.repeat(56)}...`);
});

test('a name is near by its length', () => {
  expect(didYouMean('nn', ['none', 'core'])).toBe(' Did you mean "none"?');
  expect(didYouMean('mutx', ['none', 'mutex'])).toBe(' Did you mean "mutex"?');
  expect(didYouMean('abcd', ['wxyz'])).toBe('');
});
