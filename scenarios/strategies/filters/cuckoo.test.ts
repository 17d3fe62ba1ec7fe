import { CuckooFilter } from 'bloom-filters';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuckoo } from './cuckoo.ts';
import { PackedNumbers } from './packed-numbers.ts';

const itemKeys = (count: number) => Array.from({ length: count }, (_, n) => `item-${n}`);

describe('cuckoo filter', () => {
  test('has whatever it took, however often it was added, and however full it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.nat(),
        (capacity, overfilled, seed) => {
          const filter = cuckoo(capacity, 0.01, seed);
          // Some of them twice. A refusal must leave everything as it was.
          const keys = [...itemKeys(Math.ceil(capacity * overfilled)), ...itemKeys(10)];
          const taken = keys.filter((key) => filter.add(key));
          expect(taken.filter((key) => !filter.has(key))).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('takes all that it was made for', () => {
    const filter = cuckoo(10_000, 0.01, 1);
    expect(itemKeys(10_000).filter((key) => !filter.add(key))).toEqual([]);
  });

  test('says so when it is full', () => {
    const filter = cuckoo(100, 0.01, 1);
    expect(itemKeys(200).filter((key) => !filter.add(key)).length).toBeGreaterThan(50);
  });

  test('an update of a row takes no room', () => {
    const filter = cuckoo(4, 0.01, 1);
    for (let update = 0; update < 100; update++) expect(filter.add('item-1')).toBe(true);
    expect(itemKeys(3).every((key) => filter.add(key))).toBe(true);
  });

  // Why the filter is ours. Should this fail, the package may have been mended: think again.
  test('the one of bloom-filters loses keys that it took', () => {
    const filter = CuckooFilter.create(1_000, 0.01);
    const taken = itemKeys(1_000).filter((key) => filter.add(key));
    expect(taken.filter((key) => !filter.has(key)).length).toBeGreaterThan(100);
  });
});

test('packed numbers are kept apart', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 17 }), fc.array(fc.nat(), { minLength: 1 }), (width, numbers) => {
      const packed = new PackedNumbers(numbers.length, width);
      const cut = numbers.map((number) => number % 2 ** width);
      // Twice, the second time over what is there.
      for (let round = 0; round < 2; round++) for (const [n, number] of cut.entries()) packed.set(n, number);
      expect(cut.map((_, n) => packed.get(n))).toEqual(cut);
    }),
  );
});
