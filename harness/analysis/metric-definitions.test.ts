/**
 * Every metric from its definition (reports/model/metric-notes.ts), on a trial made by hand in which no two counts are
 * alike. Expected values are written from the words, with the counts that they name.
 */
import { expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { type MetricName, metricNames } from '../result/metrics.ts';
import { CONSISTENCY, PLANNED, SAMPLE } from './fixtures/hand-made.ts';
import { readTrial } from './trial.ts';

const OFFERED = 7_001 + 1_009 + 503 + 211 + 101;
const HONEST_OFFERED = 2_011 + 401 + 307 + 23 + 89;
const FEW_SENT = 109 + 41 + 29 + 2 + 31 - 17;
const MANY_SENT = 211 + 47 + 59 + 3 + 5 - 13;
const DB_READS = 2_709 - 1_000;
const HITS = 3_111 - 100;
const MISSES = 958 - 51;

type OfLimitedCache = 'cache.optimalHitRate' | 'cache.optimumShare';

/** Told by all strategies of a round together: outcome/outcomes.test.ts. */
type OfRound = 'outcome';

const EXPECTED: Readonly<Record<Exclude<MetricName, OfLimitedCache | OfRound>, number>> = {
  'db.loadsPerExpiry': DB_READS / 3,
  'db.loadsPerMissing.repeated': (47 - 10 + 26 - 3) / FEW_SENT,
  'db.loadsPerMissing.endless': (102 - 1 + 60 - 7) / MANY_SENT,
  'db.reads': DB_READS,
  'db.writes': 828 - 31,
  'db.relayReads': 176 - 29,
  'db.relayWrites': 194 - 31,
  'db.hitRate': DB_READS / OFFERED,
  'db.peakQps': 4_870,
  'latency.response.p50': 0.5,
  'latency.response.p90': 0.9,
  'latency.response.p99': 0.99,
  'latency.response.p999': 0.999,
  'latency.response.max': 1,
  'latency.service.p50': 10.5,
  'latency.service.p99': 10.99,
  'latency.service.max': 11,
  'latency.cached.p50': 20.5,
  'latency.cached.p99': 20.99,
  'reads.latency.response.p50': 60.5,
  'reads.latency.response.p90': 60.9,
  'reads.latency.response.p99': 60.99,
  'writes.latency.response.p50': 70.5,
  'writes.latency.response.p99': 70.99,
  goodput: 6_007 / OFFERED,
  'honest.latency.response.p50': 60.5,
  'honest.latency.response.p99': 60.99,
  'honest.goodput': 1_901 / HONEST_OFFERED,
  'honest.falseNotFound': 43,
  'honest.shed': 89,
  'inserted.falseNotFound': 37 / 409,
  // From the end of the last trigger, 1,100 ms, to the window of 1,400 ms.
  'recovery.to95Ms': 300,
  'recovery.lost': 40 + 1,
  // The half second from 1,000 ms on.
  'recovery.worstGoodput': 10 / 50,
  'recovery.finalGoodput': 39 / 40,
  'recovery.stuck': 0,
  'requests.offered': OFFERED,
  'requests.completed': 7_001,
  'requests.failed': 1_009,
  'requests.timeout': 503,
  'requests.lost': 211,
  'requests.shed': 101,
  'requests.errors': 1_009 + 503 + 211,
  'requests.errorRate': (1_009 + 503 + 211) / OFFERED,
  'cache.hitRate': HITS / (HITS + MISSES),
  'cache.l1HitRate': 1_013 / (3_001 + 1_511 + 1_013 + 307 + 199 + 103),
  'cache.lookups': HITS + MISSES,
  'cache.expiries': 3,
  'cache.refillMs': (120 + 280) / 2,
  'cache.refillMs.max': 300,
  'cache.memoryBytes': 9_000_011,
  'cache.wastedRefreshes': 13 - 2 + 8 - 5,
  'cache.evictions': 90 - 17,
  'cache.refusedWrites': 22 - 3,
  'cache.entries': 91,
  'age.maxMs': 811,
  'staleness.readRate': 0.013,
  'staleness.p50Ms': 17,
  'staleness.p99Ms': 59,
  'staleness.maxMs': 61,
  'staleness.kMax': 4,
  'consistency.divergentKeys': 2,
  'consistency.lostUpdates': 3,
  'consistency.dirtyReads': 5,
  'consistency.falselyAbsent': 23,
  'consistency.wrongVersion': 29,
  'consistency.misplacedWrites': 31,
  'consistency.missingVersions': 37,
  'consistency.versionsNotRaised': 41,
  'consistency.repeatedCommits': 43,
  'consistency.unknownCommits': 47,
  'consistency.nonLinearizable': 7,
  'consistency.monotonicViolations': 11,
  'consistency.readYourWritesViolations': 13,
  'consistency.gammaMs': 19,
  'consistency.convergeMs': 401,
  'consistency.stuck': 1,
  'relay.lagMs.p50': 80.5,
  'relay.lagMs.p99': 80.99,
  'relay.lagGrowthMsPerSec': 50,
  'relay.applied': 463 - 13,
  'mq.published': 508 - 5,
  'mq.confirmed': 503 - 4,
  'mq.delivered': 552 - 11,
  // Confirmed, and never acknowledged by a consumer.
  'mq.lost': 503 - 4 - (494 - 7),
  // Delivered, and neither acknowledged nor in hand: they came again.
  'mq.duplicated': 552 - 11 - (494 - 7),
  'mq.reordered': 6,
  'service.memoryBytes': (30_000_000 + 50_000_000) / 2,
  'generator.sendLagMs.p99': 30.99,
  'generator.pacerLagMs.p99': 40.99,
  'generator.cpu': 700_000 / 3_400_000,
};

/** Of a histogram's resolution. */
const PRECISION = 0.001;

const { values } = readTrial(SAMPLE, PLANNED, 'physical', { consistency: CONSISTENCY });

test.each(Object.entries(EXPECTED))('%s', (metric, expected) => {
  const value = values[metric as MetricName];
  if (value === null) throw new Error(`${metric} is null`);
  const tolerance = metric.includes('latency') || metric.includes('agMs.p') ? PRECISION * expected : 1e-9;
  expect(Math.abs(value - expected), `${value} instead of ${expected}`).toBeLessThanOrEqual(tolerance);
});

test('of a cache with room for one of two keys that are asked for in turn, 5 hits of 11 are the best', () => {
  const scenario = { ...PLANNED.scenario, streams: [], keys: { kind: 'scan', count: 2 } as const };
  const { retried: _, streams: __, ...load } = SAMPLE.load;
  const sample: TrialSample = {
    ...SAMPLE,
    load: { ...load, counts: { ...load.counts, offered: 11 } },
    cacheLimit: { roomBytes: 1, policy: 'allkeys-lru', samples: 5, baseBytes: 1, maxMemoryBytes: 2 },
    before: { ...SAMPLE.before, redisEntries: 0, redisHits: 10, redisMisses: 20 },
    readings: [{ ...SAMPLE.before, redisEntries: 1 }],
    after: { ...SAMPLE.after, redisEntries: 0, redisHits: 13, redisMisses: 28 },
  };
  const limited = readTrial(sample, { ...PLANNED, scenario }, 'physical').values;
  expect(limited['cache.optimalHitRate']).toBeCloseTo(5 / 11, 9);
  expect(limited['cache.optimumShare']).toBeCloseTo(3 / 11 / (5 / 11), 9);
});

test('no metric is without a definition', () => {
  const elsewhere: readonly (OfLimitedCache | OfRound)[] = [
    'cache.optimalHitRate',
    'cache.optimumShare',
    'outcome',
  ];
  expect([...Object.keys(EXPECTED), ...elsewhere].toSorted()).toEqual([...metricNames].toSorted());
});
