import { defineScenario } from '../harness/scenario/schema.ts';

const AT_ONCE = 'It shares the load of one key, and thousands are missing at once.';
const OUTLIVED = 'A flush leaves it nothing old to serve.';
const NOTHING_OLD = 'A cold cache has nothing old to serve.';
const HERD_IS_BACK = 'One good probe closes its circuit, and the herd is back at once.';

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
  columns: [
    'db.reads',
    'db.peakQps',
    'recovery.worstGoodput',
    'recovery.to95Ms',
    'recovery.lost',
    'latency.response.p99',
    'age.maxMs',
  ],
  core: ['none', 'single-flight', 'concurrency-limit', 'rewarm+limit'],
  // What is shed on purpose counts against goodput: readers of a cold cache are refused until the limit has filled it.
  outcome: {
    givesUp: {
      'single-flight': [{ criterion: 'back', because: AT_ONCE }],
      'ttl-jitter': [{ criterion: 'back', because: 'A flush does not wait for anything to expire.' }],
      'two-level': [
        { criterion: 'back', because: 'Redis announces a flush, and the first level forgets all, too.' },
      ],
      'logical-expiry': [{ criterion: 'back', because: OUTLIVED }],
      'stale-if-error': [{ criterion: 'back', because: OUTLIVED }],
      'circuit-breaker': [{ criterion: 'back', because: HERD_IS_BACK }],
      'warm-up': [{ criterion: 'back', because: 'It fills the cache when a service starts, and none does.' }],
    },
  },
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
        'outcome.givesUp': {
          'single-flight': [{ criterion: 'back', because: AT_ONCE }],
          'ttl-jitter': [
            { criterion: 'back', because: 'Over 4 s its 3,000 loads are still more than 400 a second.' },
          ],
          'two-level': [
            { criterion: 'back', because: 'Copies of the first level live no longer than their entries.' },
          ],
          'circuit-breaker': [{ criterion: 'back', because: HERD_IS_BACK }],
          'warm-up': [{ criterion: 'back', because: 'What it filled together expires together.' }],
        },
        'profiles.smoke.stormMs': 9_000,
        'profiles.standard.stormMs': 9_000,
      },
    },
    {
      name: 'cold',
      title: 'a cold start',
      set: {
        preload: false,
        start: 'cold',
        faults: [],
        'outcome.givesUp': {
          'single-flight': [{ criterion: 'back', because: AT_ONCE }],
          'ttl-jitter': [{ criterion: 'back', because: 'A cold cache has nothing that could expire.' }],
          'two-level': [{ criterion: 'back', because: 'Both levels are cold.' }],
          'logical-expiry': [{ criterion: 'back', because: NOTHING_OLD }],
          'stale-if-error': [{ criterion: 'back', because: NOTHING_OLD }],
          'circuit-breaker': [{ criterion: 'back', because: HERD_IS_BACK }],
        },
      },
    },
  ],
  claims: [
    {
      text: 'Do not let keys expire together: add a random jitter',
      source: 'Common study notes on 緩存雪崩: 過期時間加隨機值',
      cases: [
        {
          when: 'all entries were to expire at once',
          variant: 'expiry',
          holds: ['ttl-jitter: recovery.worstGoodput > 90%'],
        },
        { when: 'Redis loses everything', holds: ['ttl-jitter: recovery.worstGoodput > 90%'] },
        {
          when: 'the service starts cold',
          variant: 'cold',
          holds: ['ttl-jitter: recovery.worstGoodput > 90%'],
        },
      ],
    },
    {
      text: 'Multi-level caches shield the database',
      source: 'Common study notes: 多級緩存',
      cases: [
        { when: 'Redis loses everything', holds: ['two-level vs none: db.reads < 50%'] },
        {
          when: 'all entries expire at once',
          variant: 'expiry',
          holds: ['two-level vs none: db.reads < 50%'],
        },
        { when: 'the service starts cold', variant: 'cold', holds: ['two-level vs none: db.reads < 50%'] },
      ],
    },
    {
      text: 'Warm the cache up',
      source: 'Common study notes: 緩存預熱',
      cases: [
        {
          when: 'the service starts cold',
          variant: 'cold',
          holds: ['warm-up: recovery.worstGoodput > 90%'],
        },
        { when: 'Redis loses everything', holds: ['warm-up: recovery.worstGoodput > 90%'] },
        {
          when: 'what was filled together expires together',
          variant: 'expiry',
          holds: ['warm-up: recovery.worstGoodput > 90%'],
        },
      ],
    },
    // Saved: the service is back before the storm is over, whatever its readers met until then.
    {
      text: 'A circuit breaker saves the database',
      source: 'Common study notes: 熔斷; Release It! (Nygard, 2007)',
      cases: [
        { when: 'Redis loses everything', holds: ['circuit-breaker: recovery.stuck == 0'] },
        { when: 'the service starts cold', variant: 'cold', holds: ['circuit-breaker: recovery.stuck == 0'] },
      ],
    },
    {
      text: 'A limit before the database saves it',
      source: 'Common study notes: 限流; Fail at Scale (Maurer, ACM Queue 2015)',
      cases: [
        { when: 'Redis loses everything', holds: ['concurrency-limit: recovery.stuck == 0'] },
        {
          when: 'the service starts cold',
          variant: 'cold',
          holds: ['concurrency-limit: recovery.stuck == 0'],
        },
      ],
    },
    {
      text: 'Degrade: answer with old entries while the database is slow, and nobody notices',
      source: 'Common study notes: 服務降級; stale-if-error, RFC 5861',
      cases: [
        {
          when: 'all entries expire at once',
          variant: 'expiry',
          holds: ['stale-if-error: recovery.worstGoodput > 90%'],
        },
        { when: 'Redis loses everything', holds: ['stale-if-error: recovery.worstGoodput > 90%'] },
        {
          when: 'the service starts cold',
          variant: 'cold',
          holds: ['stale-if-error: recovery.worstGoodput > 90%'],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 3, stormMs: 5_000 },
    standard: { rounds: 9, stormMs: 6_000 },
    publish: { rounds: 10, stormMs: 20_000 },
  },
});
