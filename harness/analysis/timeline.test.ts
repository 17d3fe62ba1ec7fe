import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { sampleOf } from './fixtures/trials.ts';
import { timelineOf } from './timeline.ts';
import { readTrial } from './trial.ts';

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
