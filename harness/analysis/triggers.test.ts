import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import type { TrialSample } from '../record/sample.ts';
import { STORM_MS, sampleOf } from './fixtures/trials.ts';
import { triggersOf } from './triggers.ts';

const TTL_MS = 1_000;
const contest = await loadContest('breakdown', [{ path: ['cache', 'ttlMs'], value: TTL_MS }], ['none']);
const planned = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios[0];
if (planned === undefined) throw new Error('the plan has no scenario');
const { scenario } = planned;
const sample = sampleOf(planned, { strategy: 'none', reads: 1 });
const flush = (atUs: number) => ({ name: 'flush', kind: 'flush' as const, fromUs: atUs, toUs: atUs + 500 });

function named(changes: Partial<TrialSample>, start: 'warm' | 'cold' = 'warm') {
  return triggersOf({ ...sample, ...changes }, { ...scenario, start }).map(({ name, fromUs }) => [
    name,
    fromUs,
  ]);
}

test('a storm without faults has none', () => {
  expect(named({})).toEqual([]);
});

test('faults, the common expiry of what was preloaded, a cold start: in the order of time', () => {
  expect(named({ faults: [flush(2e6)], preloadedAtUs: -10_000 }, 'cold')).toEqual([
    ['cold-start', 0],
    ['expiry', 990_000],
    ['flush', 2e6],
  ]);
});

test('what was flushed before does not expire', () => {
  expect(named({ faults: [flush(500_000)], preloadedAtUs: -10_000 })).toEqual([['flush', 500_000]]);
});

test('an expiry after the storm is none', () => {
  expect(named({ preloadedAtUs: (STORM_MS - TTL_MS) * 1000 })).toEqual([]);
});
