import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import type { TruthReading } from '../probes/ground-truth.ts';
import { reading, sampleOf } from './fixtures/trials.ts';
import { counterAt, timelineOf } from './timeline.ts';
import { readTrial } from './trial.ts';

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

test('a window says what was good and what the cache held, where that was recorded; triggers count from the start', async () => {
  const contest = await loadContest('avalanche', [], null);
  const [planned] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  if (planned === undefined) throw new Error('the plan has no scenario');
  const old = sampleOf(planned, { strategy: 'none', reads: 100 });
  const startedAtUs = old.load.startedAtUs;
  const windows = old.load.windows.map((window, index) => ({ ...window, good: index === 3 ? 50 : 100 }));
  const [fromUs, toUs] = [startedAtUs + 1e6, startedAtUs + 1.002e6];
  const sample = {
    ...old,
    load: { ...old.load, windows },
    faults: [{ name: 'flush', kind: 'flush' as const, fromUs, toUs }],
  };
  const { points, triggers } = timelineOf(readTrial(sample, planned, 'physical'), planned.scenario);
  expect(points.slice(2, 5).map(({ goodput }) => goodput)).toEqual([1, 0.5, 1]);
  expect(points[0]?.memoryBytes).toBe(1_000_000);
  expect(triggers).toEqual([{ name: 'flush', fromMs: 1_000, toMs: 1_002 }]);
  const before = timelineOf(readTrial(old, planned, 'physical'), planned.scenario);
  expect(before.points.some((point) => 'goodput' in point)).toBe(false);
  expect(before.triggers).toEqual([]);
});
