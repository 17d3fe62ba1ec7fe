import { expect, test } from 'vitest';
import { mutex } from '../../scenarios/strategies/read/mutex.ts';
import { ttlJitter } from '../../scenarios/strategies/read/ttl-jitter.ts';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { checkBounds } from './bounds.ts';
import { sampleOf } from './fixtures/trials.ts';
import { readTrial } from './trial.ts';

// 1,000 rows over a window of 20% of 10 s: 500 a second.
const contest = await loadContest(
  'breakdown',
  [{ path: ['cache', 'ttlMs'], value: 10_000 }],
  ['none', 'ttl-jitter'],
);
const planned = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios[0];
if (planned === undefined) throw new Error('the plan has no scenario');
const preloaded = { ...planned, scenario: { ...planned.scenario, preload: true } };

function peakBound(peakQps: number, scenario = preloaded) {
  const trial = readTrial(
    sampleOf(planned as NonNullable<typeof planned>, { strategy: 'ttl-jitter', reads: 1_000 }),
    scenario,
    'physical',
  );
  const measured = { ...trial, values: { ...trial.values, 'db.peakQps': peakQps } };
  return checkBounds(ttlJitter, scenario, [measured]).find(({ metric }) => metric === 'db.peakQps');
}

test('the peak of spread expiries is held against N / W', () => {
  expect(peakBound(600)).toMatchObject({ holds: true, predicted: { value: 500, formula: 'N / W' } });
});

test('a jitter that does not spread fails its bound', () => {
  expect(peakBound(5_000)?.holds).toBe(false);
});

test('nothing is said of a peak that comes of a flush', () => {
  const { scenario } = preloaded;
  const flushed = { ...preloaded, scenario: { ...scenario, faults: [{ kind: 'flush' as const, atMs: 1 }] } };
  expect(peakBound(5_000, flushed)).toBeUndefined();
});

test('an alias is held to what its own parameters promise', async () => {
  const settings = [
    { path: ['aliases'], value: { impatient: 'mutex' } },
    { path: ['parameters', 'impatient', 'lockMs'], value: 25 },
  ];
  const contests = [await loadContest('breakdown', settings, ['none', 'mutex', 'impatient'])];
  const [own] = expandPlan(contests, { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  const boundOf = (strategy: string) => {
    if (own === undefined) throw new Error('the plan has no scenario');
    const trial = readTrial(sampleOf(own, { strategy, reads: 5 }), own, 'physical');
    const bounds = checkBounds(mutex, own, [trial]);
    return bounds.find(({ metric }) => metric === 'db.loadsPerExpiry')?.predicted.value;
  };
  // A load of 100 ms under a lock of 3 s, and of 25 ms.
  expect([boundOf('mutex'), boundOf('impatient')]).toEqual([1, 4]);
});
