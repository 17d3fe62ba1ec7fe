import { beforeAll, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan, type PlannedScenario } from '../plan/plan.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { worstKey } from '../result/fixtures/worst-keys.ts';
import type { ConsistencyFindings } from './consistency-values.ts';
import { sampleOf } from './fixtures/trials.ts';
import { timelineOf } from './timeline.ts';
import { readTrial } from './trial.ts';
import { worstKeyOf } from './worst-key.ts';

const CLEAN: ConsistencyFindings = {
  staleness: { readRate: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, kMax: 0 },
  divergentKeys: 0,
  lostUpdates: 0,
  dirtyReads: 0,
  falselyAbsent: 0,
  wrongVersion: 0,
  misplacedWrites: 0,
  missingVersions: 0,
  versionsNotRaised: 0,
  repeatedCommits: 0,
  unknownCommits: 0,
  nonLinearizable: 0,
  monotonicViolations: 0,
  readYourWritesViolations: 0,
  gammaMs: 0,
  convergence: { ms: 0, stuck: false },
  staleReads: [],
  freshness: null,
  worstKey: null,
};

let planned: PlannedScenario;
beforeAll(async () => {
  const contest = await loadContest('cache-tiers', [], null);
  const [found] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  if (found === undefined) throw new Error('the plan has no scenario');
  planned = found;
});

function read(consistency: ConsistencyFindings | null) {
  return readTrial(sampleOf(planned, { strategy: 'redis', reads: 10 }), planned, 'physical', { consistency });
}

/** With what the generator saw of staleness while it ran. */
function readLive(consistency: ConsistencyFindings | null) {
  using none = new LatencyHistogram();
  const maxMs = { atLeast: 0, atMost: 0 };
  const staleness = {
    writes: 9,
    reads: 90,
    afterWrite: 50,
    stale: 45,
    maxMs,
    atLeastHistogram: none.encode(),
  };
  const sample = sampleOf(planned, { strategy: 'redis', reads: 10 });
  const load = { ...sample.load, staleness };
  return readTrial({ ...sample, load }, planned, 'physical', { consistency });
}

function named(values: Readonly<Record<string, number | null>>, prefix: RegExp) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => prefix.test(name)));
}

test('without a history nothing is known, which is not 0', () => {
  const { values } = readTrial(sampleOf(planned, { strategy: 'redis', reads: 10 }), planned, 'physical');
  const unknown = named(values, /^(consistency|staleness|relay|mq|db\.relay)/);
  expect(Object.keys(unknown).length).toBeGreaterThan(30);
  expect(new Set(Object.values(unknown))).toEqual(new Set([null]));
});

test('what a history tells is told under its name', () => {
  const found = {
    ...CLEAN,
    staleness: { readRate: 0.02, p50Ms: 3, p99Ms: 40, maxMs: 50, kMax: 2 },
    divergentKeys: 1,
    lostUpdates: 2,
    dirtyReads: 3,
    falselyAbsent: 23,
    wrongVersion: 29,
    misplacedWrites: 31,
    missingVersions: 37,
    versionsNotRaised: 41,
    repeatedCommits: 43,
    unknownCommits: 47,
    nonLinearizable: 4,
    monotonicViolations: 5,
    readYourWritesViolations: 6,
    gammaMs: 7,
    convergence: { ms: 900, stuck: true },
  };
  expect(named(read(found).values, /^(consistency|staleness)/)).toEqual({
    'staleness.readRate': 0.02,
    'staleness.p50Ms': 3,
    'staleness.p99Ms': 40,
    'staleness.maxMs': 50,
    'staleness.kMax': 2,
    'consistency.divergentKeys': 1,
    'consistency.lostUpdates': 2,
    'consistency.dirtyReads': 3,
    'consistency.falselyAbsent': 23,
    'consistency.wrongVersion': 29,
    'consistency.misplacedWrites': 31,
    'consistency.missingVersions': 37,
    'consistency.versionsNotRaised': 41,
    'consistency.repeatedCommits': 43,
    'consistency.unknownCommits': 47,
    'consistency.nonLinearizable': 4,
    'consistency.monotonicViolations': 5,
    'consistency.readYourWritesViolations': 6,
    'consistency.gammaMs': 7,
    'consistency.convergeMs': 900,
    'consistency.stuck': 1,
  });
  expect(read(CLEAN).values['consistency.stuck']).toBe(0);
});

test('a history in which no read was judged unsays what the generator saw live', () => {
  expect(readLive(null).values['staleness.readRate']).toBe(0.5);
  const { values } = readLive({ ...CLEAN, staleness: null, divergentKeys: null });
  expect(named(values, /^staleness/)).toEqual({
    'staleness.readRate': null,
    'staleness.p50Ms': null,
    'staleness.p99Ms': null,
    'staleness.maxMs': null,
    'staleness.kMax': null,
  });
  expect(values['consistency.divergentKeys']).toBeNull();
});

test('the timeline says of each window what was stale, where a history was kept', () => {
  const { points } = timelineOf(read({ ...CLEAN, staleReads: [0, 0.25] }), planned.scenario);
  expect(points.slice(0, 3).map(({ staleReads }) => staleReads)).toEqual([0, 0.25, null]);
  const without = timelineOf(read(null), planned.scenario);
  expect(without.points.some((point) => 'staleReads' in point)).toBe(false);
});

test('the worst key of all rounds is told, and none where nothing went wrong', () => {
  const rounds = [worstKey('a', { stale: 1 }), worstKey('b', { lost: 1 }), null].map((found) =>
    read({ ...CLEAN, worstKey: found }),
  );
  expect(worstKeyOf(rounds)?.key).toBe('b');
  expect(worstKeyOf([read(CLEAN), read(null)])).toBeUndefined();
});
