import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

test('a full queue refuses the newcomer, first come first served', () => {
  const queue = new BoundedQueue<string>({ capacity: 2, order: 'oldest-first' });
  expect([queue.push('a'), queue.push('b'), queue.push('c')]).toEqual([null, null, 'c']);
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a', 'b', undefined]);
});

test('a full queue lets its oldest go, newest first', () => {
  const queue = new BoundedQueue<string>({ capacity: 2, order: 'newest-first' });
  expect([queue.push('a'), queue.push('b'), queue.push('c')]).toEqual([null, null, 'a']);
  expect(queue.oldest).toBe('b');
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['c', 'b', undefined]);
});

test('without room it refuses whoever comes, in either order', () => {
  for (const order of ['oldest-first', 'newest-first'] as const) {
    const queue = new BoundedQueue<string>({ capacity: 0, order });
    expect(queue.push('a')).toBe('a');
    expect(queue.size).toBe(0);
  }
});

const step = fc.oneof(
  fc.constant({ kind: 'push' as const }),
  fc.constant({ kind: 'take' as const }),
  fc.record({ kind: fc.constant('remove' as const), item: fc.nat(40) }),
);

test('holds at most its capacity, loses nobody, and serves in its order', () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.constantFrom('oldest-first' as const, 'newest-first' as const),
      fc.array(step, { maxLength: 40 }),
      (capacity, order, steps) => {
        const queue = new BoundedQueue<number>({ capacity, order });
        const inside: number[] = [];
        const left: number[] = [];
        let came = 0;
        for (const next of steps) {
          if (next.kind === 'push') {
            const item = came++;
            const refused = queue.push(item);
            if (refused !== item) inside.push(item);
            if (refused !== null) left.push(refused);
            if (refused !== null && refused !== item) expect(inside.shift()).toBe(refused);
          } else if (next.kind === 'take') {
            const expected = order === 'oldest-first' ? inside.shift() : inside.pop();
            expect(queue.take()).toBe(expected);
            if (expected !== undefined) left.push(expected);
          } else {
            const at = inside.indexOf(next.item);
            expect(queue.remove(next.item)).toBe(at !== -1);
            if (at !== -1) left.push(...inside.splice(at, 1));
          }
          expect(queue.size).toBe(inside.length);
          expect(queue.size).toBeLessThanOrEqual(capacity);
          expect(queue.oldest).toBe(inside[0]);
        }
        expect([...inside, ...left].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: came }, (_, n) => n),
        );
      },
    ),
  );
});
