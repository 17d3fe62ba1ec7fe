import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TruthReading } from '../probes/ground-truth.ts';
import { counterAt, peakPerSec } from './counters.ts';
import { reading } from './fixtures/trials.ts';

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

describe('peakPerSec', () => {
  /** Of a counter that was read at so many ms. */
  const peak = (read: readonly (readonly [ms: number, count: number])[], fromMs?: number, toMs?: number) => {
    const readings = read.map(([ms, count]) => reading(ms * 1e3, count));
    const fromUs = (fromMs ?? read[0]?.[0] ?? 0) * 1e3;
    const toUs = (toMs ?? read.at(-1)?.[0] ?? 0) * 1e3;
    return peakPerSec(readings, reads, { fromUs, toUs });
  };

  test('is the growth of the busiest 100 ms, wherever the readings lie', () => {
    expect(
      peak([
        [0, 0],
        [100, 7],
        [200, 20],
        [300, 23],
      ]),
    ).toBe(130);
    // 13 in 50 ms, and half of the 8 in the 100 ms after them.
    expect(
      peak([
        [0, 0],
        [100, 7],
        [150, 20],
        [250, 28],
      ]),
    ).toBe(170);
    // 20 in 200 ms: as far as anybody saw, 10 in each 100.
    expect(
      peak([
        [0, 0],
        [100, 7],
        [300, 27],
      ]),
    ).toBe(100);
  });

  test('two readings on top of each other lose nothing and make no thousands a second', () => {
    expect(
      peak([
        [0, 0],
        [99, 10],
        [100, 30],
        [200, 30],
      ]),
    ).toBe(300);
  });

  test('does not reach over the edges', () => {
    const read = [
      [0, 0],
      [100, 50],
      [200, 60],
      [300, 100],
    ] as const;
    expect(peak(read, 100, 250)).toBe(250);
    expect(peak(read, 100, 200)).toBe(100);
    expect(peak(read, 100, 199)).toBeNull();
  });

  test('is never less than in any window of a step of 1 ms', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(50)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(steps, (grown) => {
        const readings = [reading(0, 0)];
        for (const [stepMs, more] of [[100, 0] as const, ...grown]) {
          const last = readings.at(-1) as TruthReading;
          readings.push(reading(last.atUs + stepMs * 1e3, last.dbReads + more));
        }
        const toUs = readings.at(-1)?.atUs ?? 0;
        let most = 0;
        for (let fromUs = 0; fromUs + 100_000 <= toUs; fromUs += 1_000) {
          const inWindow = counterAt(readings, reads, fromUs + 100_000) - counterAt(readings, reads, fromUs);
          most = Math.max(most, inWindow * 10);
        }
        // Readings lie on whole milliseconds here, so one of these windows is the busiest.
        expect(peakPerSec(readings, reads, { fromUs: 0, toUs })).toBeCloseTo(most, 6);
      }),
    );
  });
});
