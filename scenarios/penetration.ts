import { defineScenario } from '../harness/scenario/schema.ts';

const NEW_KEYS = 'A null is of no use to a key that nobody asked for before.';
const OWN_FILTER = 'Each process learns of a new row only when it builds its own filter anew.';
const SO_MANY = 'Each of a thousand clients stays within its limit.';
const WITHIN_LIMIT = 'What is within the limit of a client passes.';

/**
 * Penetration: requests for keys that exist nowhere pass through the cache, for there is nothing to cache.
 *
 * Two attacks at once, each of which one defence stops and another does not: a small set of missing keys asked
 * for again and again, and an endless stream of new ones. Together with what honest readers need they ask for
 * more than the database can do (550 + some 200 queries/s of 500). Honest entries live for a second, so that
 * these readers need the database too and wait in the same queue. Rows inserted meanwhile are asked for at
 * once: a filter that has not heard of them denies that they exist.
 */
export const penetration = defineScenario({
  name: 'penetration',
  title: 'Penetration: requests for what does not exist',
  question:
    'When clients ask for keys that exist nowhere, how many of those requests reach the database, and what do honest users notice?',
  dataset: { rows: 1_000, valueBytes: 256 },
  cache: { ttlMs: 1_000 },
  origin: { queryMs: 20, poolSize: 5 },
  service: { instances: 2 },
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_000 },
  keys: { kind: 'zipf', count: 1_000, exponent: 1.1 },
  clients: 50,
  streams: [
    { name: 'repeated', share: 0.25, keys: { kind: 'missing', count: 30 }, clients: 4 },
    { name: 'endless', share: 0.3, keys: { kind: 'missing', count: null }, clients: 4 },
    { name: 'inserts', share: 0.01, operation: 'write', keys: { kind: 'new' } },
    { name: 'inserted', share: 0.04, keys: { kind: 'inserted' }, clients: 10 },
  ],
  timeoutMs: 1_000,
  strategies: [
    'none',
    'null-cache',
    'bloom-filter',
    'bloom-filter-redis',
    'cuckoo-filter',
    'null-cache+bloom-filter',
    'key-validation',
    'rate-limit',
  ],
  columns: [
    'db.reads',
    'db.loadsPerMissing.repeated',
    'db.loadsPerMissing.endless',
    'honest.latency.response.p99',
    'honest.goodput',
    'inserted.falseNotFound',
    'cache.memoryBytes',
  ],
  core: ['none', 'null-cache', 'bloom-filter', 'bloom-filter-redis'],
  outcome: {
    givesUp: {
      'null-cache': [
        { criterion: 'endless', because: NEW_KEYS },
        {
          criterion: 'honest-users',
          because: 'With the endless keys honest misses ask for all that the database can do.',
        },
      ],
      'bloom-filter': [{ criterion: 'new-rows', because: OWN_FILTER }],
      'cuckoo-filter': [{ criterion: 'new-rows', because: OWN_FILTER }],
      'null-cache+bloom-filter': [{ criterion: 'new-rows', because: OWN_FILTER }],
      'rate-limit': [
        { criterion: 'repeated', because: WITHIN_LIMIT },
        { criterion: 'endless', because: WITHIN_LIMIT },
      ],
    },
  },
  // Of 1,000/s an honest client has 8, and an attacker's some 70.
  parameters: { 'rate-limit': { points: 20, windowMs: 1_000 } },
  variants: [
    {
      name: 'many-clients',
      title: 'attacks from a thousand clients',
      set: {
        streams: [
          { name: 'repeated', share: 0.25, keys: { kind: 'missing', count: 30 }, clients: 1_000 },
          { name: 'endless', share: 0.3, keys: { kind: 'missing', count: null }, clients: 1_000 },
        ],
        strategies: ['none', 'rate-limit'],
        core: null,
        'outcome.givesUp': {
          'rate-limit': [
            { criterion: 'repeated', because: SO_MANY },
            { criterion: 'endless', because: SO_MANY },
            { criterion: 'honest-users', because: SO_MANY },
          ],
        },
      },
    },
  ],
  claims: [
    {
      text: 'A null in Redis stops penetration',
      source: 'Common study notes on 緩存穿透: 緩存空值',
      // A load a key, process and null time to live is 0.08 of the requests at most.
      cases: [
        {
          when: 'the same missing keys are asked for again and again',
          holds: ['null-cache: db.loadsPerMissing.repeated < 0.1'],
        },
        { when: 'every missing key is a new one', holds: ['null-cache: db.loadsPerMissing.endless < 0.1'] },
      ],
    },
    {
      text: 'A Bloom filter errs with a known probability',
      source: 'Bloom, CACM 1970; common study notes: 布隆過濾器',
      cases: [
        {
          when: 'it was built for 1% and has no more rows than it was built for',
          holds: [
            'bloom-filter: db.loadsPerMissing.endless <= 0.01',
            'bloom-filter-redis: db.loadsPerMissing.endless <= 0.01',
          ],
        },
      ],
    },
    {
      text: 'A Bloom filter never denies a row that exists',
      source: 'Bloom, CACM 1970; common study notes: no false negatives',
      cases: [
        {
          when: 'the row was there when the filter was built',
          holds: ['bloom-filter: honest.falseNotFound == 0', 'bloom-filter-redis: honest.falseNotFound == 0'],
        },
        {
          when: 'a row is inserted and all processes share the filter',
          holds: ['bloom-filter-redis: inserted.falseNotFound == 0'],
        },
        {
          when: 'a row is inserted and each process has a filter of its own',
          holds: ['bloom-filter: inserted.falseNotFound == 0'],
        },
      ],
    },
    {
      text: 'Check the parameters at the door, and the attack never gets in',
      source: 'Common study notes: 參數校驗; OWASP Cheat Sheet Series, Input Validation',
      cases: [
        {
          when: 'the attacker does not know what a key looks like',
          holds: [
            'key-validation: db.loadsPerMissing.repeated == 0',
            'key-validation: db.loadsPerMissing.endless == 0',
          ],
        },
      ],
    },
    {
      text: 'Limit the rate of each client, and the attack does not reach the database',
      source: 'Common study notes: 限流',
      // A quarter of it is within the limit of its clients.
      cases: [
        { when: 'it comes from a few clients', holds: ['rate-limit: db.loadsPerMissing.endless < 0.5'] },
        {
          when: 'it comes from a thousand',
          variant: 'many-clients',
          holds: ['rate-limit: db.loadsPerMissing.endless < 0.5'],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 3, stormMs: 3_000 },
    // Nine rounds: the fewest from which the exact test can tell seven contenders from the baseline.
    standard: { rounds: 9, stormMs: 4_000 },
    publish: { rounds: 10, stormMs: 20_000 },
  },
});
