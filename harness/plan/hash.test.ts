import { expect, test } from 'vitest';
import { canonicalJson } from './hash.ts';

test('the order in which keys were written does not matter, that of a list does', () => {
  const value = { b: [2, { d: 1, c: null }], a: 'x' };
  expect(canonicalJson(value)).toBe('{"a":"x","b":[2,{"c":null,"d":1}]}');
  expect(canonicalJson({ a: 'x', b: [2, { c: null, d: 1 }] })).toBe(canonicalJson(value));
  expect(canonicalJson([2, 1])).toBe('[2,1]');
});
