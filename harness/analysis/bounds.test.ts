import { describe, expect, test } from 'vitest';
import { mutex } from '../../scenarios/strategies/read/mutex.ts';
import { none } from '../../scenarios/strategies/read/none.ts';
import { ttlJitter } from '../../scenarios/strategies/read/ttl-jitter.ts';
import type { ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { cacheAside } from '../../scenarios/strategies/write/cache-aside.ts';
import { versioned } from '../../scenarios/strategies/write/versioned.ts';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { checkBounds } from './bounds.ts';
import { sampleOf } from './fixtures/trials.ts';
import { readTrial } from './trial.ts';

// 1,000 rows over a window of 20% of 10 s: 500 a second.
const contest = await loadContest(
  'breakdown',
  [{ path: ['cache', 'ttlMs'], value: 10_000 }],
  ['none', 'ttl-jitter', 'mutex'],
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

test('behind a killed holder the entry is missing for the lock time, and one load was in vain', () => {
  const killed = (refillMs: number) => {
    const sample = sampleOf(planned as NonNullable<typeof planned>, { strategy: 'mutex', reads: 6 });
    const kill = { kind: 'kill' as const, name: 'kill', instance: 0, barrier: null };
    const times = { fromUs: 1e6, endedAtUs: 1e6, toUs: 2e6 };
    const trial = readTrial({ ...sample, faults: [{ ...kill, ...times }] }, preloaded, 'physical');
    const values = { ...trial.values, 'cache.refillMs.max': refillMs };
    const machine = { ...trial.machine, serviceStallMs: 20 };
    // Long enough to see more than the lock time.
    return checkBounds(mutex, { ...preloaded, stormMs: 6_000 }, [{ ...trial, values, machine }]);
  };
  const [loads, stall] = ['db.loadsPerExpiry', 'cache.refillMs.max'].map((name) =>
    killed(3_000).find(({ metric }) => metric === name),
  );
  // Five expiries.
  expect(loads).toMatchObject({ predicted: { value: 1.2, formula: '1 + kills per expiry' }, measured: 1.2 });
  // A lock of 3 s, polls every 20 ms, a load of 105 ms, and a loop that stood still for 20 ms.
  expect(stall?.predicted).toMatchObject({ high: 3_175, formula: '<= lock time + 1.5 poll + D + 2 E' });
  const holds = [3_175, 3_176].map(
    (refillMs) => killed(refillMs).find(({ metric }) => metric === 'cache.refillMs.max')?.holds,
  );
  expect(holds).toEqual([true, false]);
  const unharmed = readTrial(
    sampleOf(planned as NonNullable<typeof planned>, { strategy: 'mutex', reads: 5 }),
    preloaded,
    'physical',
  );
  expect(unharmed.values['cache.refillMs.max']).toBe(100);
  expect(checkBounds(mutex, preloaded, [unharmed]).map(({ metric }) => metric)).not.toContain(
    'cache.refillMs.max',
  );
});

test('who was refused a connection read nothing', () => {
  const sample = sampleOf(planned as NonNullable<typeof planned>, { strategy: 'none', reads: 5 });
  const rateOf = (errors: Record<string, number>) => {
    const trial = readTrial({ ...sample, load: { ...sample.load, errors } }, preloaded, 'physical');
    return checkBounds(none, preloaded, [trial])[0]?.predicted.value;
  };
  // 1 + r d: 1,000/s and 100 ms; then half of them.
  expect([rateOf({}), rateOf({ ECONNREFUSED: 1_500, UND_ERR_SOCKET: 9 })]).toEqual([101, 51]);
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

test('what may never happen holds in every round, and is asked only where a history was kept', async () => {
  const [written] = expandPlan([await loadContest('write-consistency', [], ['versioned'])], {
    seed: 1,
    profile: 'smoke',
    infra: 'local',
  }).scenarios;
  if (written === undefined) throw new Error('the plan has no scenario');
  const boundOf = (divergent: readonly number[], scenario = written) => {
    const trials = divergent.map((keys) => {
      const trial = readTrial(sampleOf(written, { strategy: 'versioned', reads: 10 }), scenario, 'physical');
      return { ...trial, values: { ...trial.values, 'consistency.divergentKeys': keys } };
    });
    return checkBounds(versioned, scenario, trials).find(
      ({ metric }) => metric === 'consistency.divergentKeys',
    );
  };
  expect(boundOf([0, 0, 0])).toMatchObject({ measured: 0, holds: true });
  expect(boundOf([0, 0, 2])).toMatchObject({ measured: 2, holds: false });
  const faults = [{ kind: 'flush' as const, atMs: 1 }];
  expect(boundOf([2], { ...written, scenario: { ...written.scenario, faults } })).toBeUndefined();
  expect(boundOf([2], { ...written, scenario: { ...written.scenario, consistency: null } })).toBeUndefined();
});

test('a way to write may have no theory, and is held to none', () => {
  if (planned === undefined) throw new Error('the plan has no scenario');
  const trial = readTrial(sampleOf(planned, { strategy: 'none', reads: 5 }), planned, 'physical');
  expect(checkBounds(cacheAside, planned, [trial])).toEqual([]);
});

describe('a bound on a time to recover that the storm’s end cut short', () => {
  const bound = (low: number | null, high: number | null, stuck: 0 | 1) => {
    const definition: ReadStrategyDefinition = {
      ...none,
      predict: () => [
        { metric: 'recovery.to95Ms', value: null, low, high, formula: 'F', tolerance: 'none' } as const,
      ],
    };
    const sample = sampleOf(planned as NonNullable<typeof planned>, { strategy: 'none', reads: 1_000 });
    const trial = readTrial(sample, preloaded, 'physical');
    const values = { ...trial.values, 'recovery.to95Ms': 3_000, 'recovery.stuck': stuck };
    return checkBounds(definition, preloaded, [{ ...trial, values }])[0];
  };

  test('is broken when it is an upper one, also beyond what was seen', () => {
    expect(bound(null, 10_000, 1)).toMatchObject({
      measured: 3_000,
      holds: false,
      reason: 'not back before the end of the storm in 1 of 1 rounds',
    });
    expect(bound(null, 10_000, 0)).toMatchObject({ measured: 3_000, holds: true });
  });

  test('holds when it is a lower one as far as was seen, and is undecided beyond', () => {
    expect(bound(2_000, null, 1)?.holds).toBe(true);
    expect(bound(4_000, null, 1)?.holds).toBeNull();
    expect(bound(4_000, null, 0)?.holds).toBe(false);
  });
});
