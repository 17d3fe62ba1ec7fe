import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bloomPositions, hasBit, setBit } from './bloom-bits.ts';
import { bloomErrorRate, bloomSize } from './bloom-sizing.ts';

describe('size', () => {
  test.each([
    [0.01, 9.59, 7],
    [0.001, 14.38, 10],
  ])('of an error rate of %d: %d bits a key, %d hashes', (errorRate, bitsPerKey, hashes) => {
    const size = bloomSize(10_000, errorRate);
    expect(size.bits / 10_000).toBeCloseTo(bitsPerKey, 2);
    expect(size.hashes).toBe(hashes);
    expect(bloomErrorRate(size, 10_000)).toBeCloseTo(errorRate, 4);
  });

  test('errs less with fewer keys, more with more', () => {
    const size = bloomSize(1_000, 0.01);
    expect(bloomErrorRate(size, 500)).toBeLessThan(0.001);
    expect(bloomErrorRate(size, 10_000)).toBeGreaterThan(0.9);
  });
});

describe('bits', () => {
  test('whatever was added is found, and all bits lie in the filter', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.string(), (keys, salt) => {
        const size = bloomSize(keys.length, 0.01);
        const bytes = new Uint8Array(Math.ceil(size.bits / 8));
        for (const key of keys)
          for (const position of bloomPositions(salt, size, key)) setBit(bytes, position);
        expect(keys.every((key) => bloomPositions(salt, size, key).every((bit) => hasBit(bytes, bit)))).toBe(
          true,
        );
        expect(bytes.length).toBe(Math.ceil(size.bits / 8));
      }),
    );
  });

  test('depend on the salt', () => {
    const size = bloomSize(1_000, 0.01);
    expect(bloomPositions('one', size, 'item-1')).not.toEqual(bloomPositions('two', size, 'item-1'));
  });
});
