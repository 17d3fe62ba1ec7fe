import { expect, test } from 'vitest';
import { readStrategies, writeStrategies } from './registry.ts';

test('no two strategies have one name, whether they read or write', () => {
  const names = [...readStrategies, ...writeStrategies].map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
