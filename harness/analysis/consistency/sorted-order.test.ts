import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedOrder } from './sorted-order.ts';

test('is the order of a stable sort', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 300, size: 'max' }), (values) => {
      const expected = [...values.keys()].sort(
        (a, b) => (values[a] as number) - (values[b] as number) || a - b,
      );
      expect([...sortedOrder(Float64Array.from(values))]).toEqual(expected);
    }),
  );
});
