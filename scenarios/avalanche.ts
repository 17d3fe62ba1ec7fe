import { defineScenario } from '../harness/scenario/schema.ts';

/**
 * Avalanche: many entries vanish at once, and their readers meet a database that was never meant to serve them all.
 *
 * The cache is full when the storm begins; then Redis loses everything. The load is twice what the database can
 * do, so a queue grows for as long as most requests miss. Readers give up after half a second: an answer that
 * comes later helps nobody, but the query was made all the same.
 *
 * Three triggers, for they are not stopped by the same means: a flush, entries that all expire together, and a
 * service that starts with an empty cache.
 */
export const avalanche = defineScenario({
  name: 'avalanche',
  title: 'Avalanche: many entries vanish at once',
  question: 'When many entries vanish at once, how far does the service go down, and how soon is it back?',
  dataset: { rows: 3_000, valueBytes: 256 },
  cache: { ttlMs: 60_000 },
  origin: { queryMs: 20, poolSize: 4 },
  service: { instances: 2 },
  preload: true,
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_000 },
  faults: [{ kind: 'flush', atMs: 1_000 }],
  keys: { kind: 'zipf', count: 3_000, exponent: 0.7 },
  timeoutMs: 500,
  maxConnections: 1_000,
  strategies: [
    'none',
    'single-flight',
    'ttl-jitter',
    'two-level',
    'logical-expiry',
    'stale-if-error',
    'concurrency-limit',
    'adaptive-limit',
    'circuit-breaker',
    'warm-up',
    'rewarm+limit',
    'jitter+limit+stale',
  ],
  core: ['none', 'single-flight', 'concurrency-limit', 'rewarm+limit'],
  parameters: {
    'concurrency-limit': { concurrency: 5 },
    'adaptive-limit': { initial: 5 },
    'rewarm+limit': { concurrency: 5 },
    'jitter+limit+stale': { concurrency: 5 },
  },
  variants: [
    {
      name: 'expiry',
      title: 'all expire together',
      // A window as wide as the time to live: over less than 7.5 s the 3,000 loads are more than the database can do.
      set: {
        faults: [],
        'cache.ttlMs': 4_000,
        'parameters.ttl-jitter.spread': 1,
        'parameters.jitter+limit+stale.spread': 1,
        'profiles.smoke.stormMs': 9_000,
        'profiles.standard.stormMs': 9_000,
      },
    },
    {
      name: 'cold',
      title: 'a cold start',
      set: { preload: false, start: 'cold', faults: [] },
    },
  ],
  profiles: {
    smoke: { rounds: 3, stormMs: 6_000 },
    standard: { rounds: 9, stormMs: 8_000 },
    publish: { rounds: 10, stormMs: 20_000 },
  },
});
