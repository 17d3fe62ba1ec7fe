import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TruthReading } from '../probes/ground-truth.ts';
import { reading } from './fixtures/trials.ts';
import { counterAt } from './timeline.ts';

const reads = (held: TruthReading) => held.dbReads;

test('between two readings a counter grows evenly, outside them it stands still', () => {
  const readings = [reading(100, 10), reading(200, 30)];
  expect([0, 100, 150, 200, 900].map((atUs) => counterAt(readings, reads, atUs))).toEqual([
    10, 10, 20, 30, 30,
  ]);
});

test('windows add up to what the counter grew by, wherever their edges lie', () => {
  const growing = fc.array(fc.record({ step: fc.integer({ min: 1, max: 500 }), more: fc.nat(1_000) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(growing, fc.integer({ min: 1, max: 300 }), (steps, widthUs) => {
      const readings = [reading(0, 5)];
      for (const { step, more } of steps) {
        const last = readings.at(-1) as TruthReading;
        readings.push(reading(last.atUs + step, last.dbReads + more));
      }
      const end = readings.at(-1) as TruthReading;
      let total = 0;
      for (let fromUs = 0; fromUs < end.atUs; fromUs += widthUs) {
        const grown = counterAt(readings, reads, fromUs + widthUs) - counterAt(readings, reads, fromUs);
        expect(grown).toBeGreaterThanOrEqual(-1e-9);
        total += grown;
      }
      expect(total).toBeCloseTo(end.dbReads - 5, 6);
    }),
  );
});
