import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from './flight.ts';

describe('Fifo', () => {
  it('behaves like an array with push and shift', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_500), fc.nat(1_500)), { maxLength: 10 }), (steps) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        let next = 0;
        for (const [pushes, shifts] of steps) {
          for (let times = 0; times < pushes; times++) {
            fifo.push(next);
            model.push(next++);
          }
          for (let times = 0; times < shifts; times++) {
            expect(fifo.peek()).toBe(model[0]);
            expect(fifo.shift()).toBe(model.shift());
          }
          expect(fifo.size).toBe(model.length);
        }
      }),
      { numRuns: 30 },
    );
  });
});
