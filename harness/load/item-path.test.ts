import fc from 'fast-check';
import { expect, test } from 'vitest';
import { itemPath, PATH_PATTERN } from './item-path.ts';

test('puts the key in every place of the template', () => {
  expect(itemPath()('item-1')).toBe('/items/item-1');
  expect(itemPath('/v1/{item}/detail?id={item}')('item-7')).toBe('/v1/item-7/detail?id=item-7');
  expect(itemPath('/{item}{item}')('a')).toBe('/aa');
  expect(itemPath('/health')('item-1')).toBe('/health');
});

test('leaves the rest of a template alone', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
      const template = `${path}/{item}?${query}`;
      expect(itemPath(template)('KEY')).toBe(`${path}/KEY?${query}`);
    }),
  );
});

test('a path can’t carry a second request', () => {
  expect(PATH_PATTERN.test('/items/{item}?a=1&b=%20')).toBe(true);
  for (const path of ['items', '', '/a b', '/a\r\nHost: b', '/ä'])
    expect(PATH_PATTERN.test(path)).toBe(false);
});
