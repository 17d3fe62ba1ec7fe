import { defineScenario } from '../harness/scenario/schema.ts';

/**
 * Breakdown (cache stampede): one hot key expires again and again under an open load. Until the first
 * query of each expiry has answered and refilled the cache, every arriving request misses.
 *
 * The time to live is short so that a few seconds see several expiries; loads per expiry do not depend on
 * it. 100 ms of query at 1,000 requests/s makes theory's 1 + r d come to 101.
 */
export const breakdown = defineScenario({
  name: 'breakdown',
  title: 'Breakdown: a hot key expires under load',
  question:
    'When a hot key expires, how many of its readers reach the database before the cache is filled again, and who waits?',
  dataset: { rows: 1_000, valueBytes: 256 },
  cache: { ttlMs: 400 },
  origin: { queryMs: 100, poolSize: 16 },
  service: { instances: 2 },
  load: { model: 'open', arrivals: 'constant', ratePerSec: 1_000 },
  keys: { kind: 'hot' },
  timeoutMs: 5_000,
  strategies: ['none', 'single-flight', 'mutex', 'logical-expiry'],
  profiles: {
    smoke: { rounds: 3, stormMs: 2_500 },
    // Seven rounds: the fewest from which the exact test can tell three contenders from the baseline.
    standard: { rounds: 7, stormMs: 7_000 },
    publish: { rounds: 10, stormMs: 30_000 },
  },
});
