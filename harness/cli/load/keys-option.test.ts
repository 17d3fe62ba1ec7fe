import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeyPopularity, keySource } from '../../load/keys.ts';
import { formatKeys, keyPopularity } from './keys-option.ts';

const count = fc.integer({ min: 1, max: 1_000 });
const popularity: fc.Arbitrary<KeyPopularity> = fc.oneof(
  fc.constant({ kind: 'hot' as const }),
  fc.record({ kind: fc.constant('uniform' as const), count }),
  fc.record({ kind: fc.constant('scan' as const), count }),
  fc.record({ kind: fc.constant('missing' as const), count: fc.option(count) }),
  fc.record({
    kind: fc.constant('zipf' as const),
    count,
    exponent: fc.integer({ min: 1, max: 1_000 }).map((hundredths) => hundredths / 100),
  }),
);

test('reads back every kind of keys', () => {
  fc.assert(
    fc.property(popularity, (keys) => {
      expect(keyPopularity(formatKeys(keys))).toEqual(keys);
    }),
  );
  expect(keyPopularity('zipf:1.1:10000')).toEqual({ kind: 'zipf', exponent: 1.1, count: 10_000 });
});

test('any text gives keys that can be drawn, or says what was expected', () => {
  const kinds = fc.constantFrom('hot', 'uniform', 'zipf', 'scan', 'missing', '');
  const text = fc
    .tuple(kinds, fc.array(fc.oneof(fc.string(), fc.integer().map(String)), { maxLength: 3 }))
    .map(([kind, rest]) => [kind, ...rest].join(':'));
  fc.assert(
    fc.property(text, (given) => {
      let keys: KeyPopularity;
      try {
        keys = keyPopularity(given);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidArgumentError);
        expect((error as Error).message).toMatch(/^Expected /);
        return;
      }
      // A permutation of millions would only slow the test down.
      if (!('count' in keys) || (keys.count ?? 0) < 10_000) keySource(keys, 1)();
    }),
  );
});

test.each([
  ['zipf', 'Expected zipf:<exponent>:<count> with an exponent above 0, to 10.'],
  ['zipf:1.1', 'Expected zipf:<exponent>:<count> with a count from 1 to 10000000.'],
  ['zipf:0:10', 'with an exponent above 0'],
  ['zipf:1.1:10:5', 'with a count from 1'],
  ['uniform', 'Expected uniform:<count>'],
  ['uniform:0', 'with a count from 1'],
  ['scan:1.5', 'Expected scan:<count>'],
  ['missing:', 'Expected missing or missing:<count>'],
  ['hot:1', 'Expected hot.'],
  ['unifrom:10', 'Did you mean "uniform"?'],
])('refuses %j', (text, message) => {
  expect(() => keyPopularity(text)).toThrow(message);
});
