import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/registry.ts';
import { parseThreshold } from '../analysis/thresholds/parse.ts';
import { criteriaOf } from './default-criteria.ts';
import { scenarioSchema } from './schema.ts';

const STORM_MS = 5_000;

function criteriaWith(changes: object): string[] {
  const scenario = scenarioSchema.parse({
    name: 'test',
    title: 'Test',
    question: '?',
    load: { model: 'open', ratePerSec: 100 },
    keys: { kind: 'uniform', count: 10 },
    strategies: ['none'],
    profiles: {
      smoke: { rounds: 1, stormMs: STORM_MS },
      standard: { rounds: 1, stormMs: STORM_MS },
      publish: { rounds: 1, stormMs: STORM_MS },
    },
    ...changes,
  });
  return criteriaOf(scenario, STORM_MS).flatMap(({ any }) => any);
}

const FLUSH = { kind: 'flush', atMs: 1_000 };
const MISSING = { name: 'attack', share: 0.2, keys: { kind: 'missing', count: null } };
const WRITES = { name: 'writes', share: 0.2, operation: 'write', keys: { kind: 'readers' } };
/** 400 queries a second for 3,000 rows: 7.5 s, and half as much again. */
const DATABASE = { dataset: { rows: 3_000 }, origin: { queryMs: 20, poolSize: 4 } };

test.each<[string, object, string[]]>([
  ['nothing in particular', {}, ['goodput >= 99%']],
  [
    'a hot key, by the number of processes',
    { keys: { kind: 'hot' }, service: { instances: 4 } },
    ['db.loadsPerExpiry <= 12', 'vs baseline: db.loadsPerExpiry <= 5%', 'requests.errorRate < 0.1%'],
  ],
  [
    'a fault',
    { ...DATABASE, faults: [FLUSH] },
    ['recovery.worstGoodput >= 90%', 'recovery.to95Ms <= 11300ms'],
  ],
  [
    'a fault after the storm, which is none',
    { ...DATABASE, faults: [{ ...FLUSH, atMs: 5_000 }] },
    ['goodput >= 99%'],
  ],
  [
    'a cold start of a small dataset',
    { start: 'cold', dataset: { rows: 10 } },
    ['recovery.worstGoodput >= 90%', 'recovery.to95Ms <= 1000ms'],
  ],
  [
    'what was preloaded and expires within the storm',
    { preload: true, cache: { ttlMs: 4_000 }, dataset: { rows: 10 } },
    ['recovery.worstGoodput >= 90%', 'recovery.to95Ms <= 1000ms'],
  ],
  [
    'an endless attack',
    { streams: [MISSING] },
    ['db.loadsPerMissing.endless <= 0.05', 'honest.goodput >= 99%', 'honest.falseNotFound == 0'],
  ],
  [
    'an attack with few keys',
    { streams: [{ ...MISSING, keys: { kind: 'missing', count: 20 } }] },
    ['db.loadsPerMissing.repeated <= 0.1', 'honest.goodput >= 99%', 'honest.falseNotFound == 0'],
  ],
  [
    'little memory',
    { cache: { roomBytes: 1_000_000 }, start: 'cold' },
    ['cache.optimumShare >= 90%', 'cache.refusedWrites == 0'],
  ],
  ['writes', { streams: [WRITES] }, ['staleness.readRate <= 1%']],
  [
    'a history of writes',
    { streams: [WRITES], consistency: {} },
    [
      'consistency.divergentKeys == 0',
      'consistency.lostUpdates == 0',
      'consistency.dirtyReads == 0',
      'staleness.readRate <= 0.1%',
    ],
  ],
  [
    'a history of writes under a fault',
    { streams: [WRITES], consistency: {}, faults: [FLUSH] },
    ['consistency.divergentKeys == 0', 'consistency.lostUpdates == 0', 'consistency.dirtyReads == 0'],
  ],
])('%s', (_, changes, expected) => {
  const criteria = criteriaWith(changes);
  expect(criteria).toEqual(expected);
  for (const expression of criteria) expect(parseThreshold(expression).strategy).toBeNull();
});

test('a scenario’s own criteria take their place', () => {
  const own = [{ name: 'mine', says: 'is quick', any: ['latency.response.p99 < 50ms'] }];
  expect(criteriaWith({ keys: { kind: 'hot' }, outcome: { criteria: own } })).toEqual(
    own.flatMap(({ any }) => any),
  );
});

test('every built-in scenario has criteria that its strategies can be held to', () => {
  for (const scenario of scenarios) {
    const parsed = scenarioSchema.parse(scenario);
    expect(criteriaOf(parsed, parsed.profiles.smoke.stormMs).length).toBeGreaterThan(0);
  }
});
