import { defineScenario } from '../harness/scenario/schema.ts';

const UNTOLD = 'Nobody tells its copies of a write by another process: they live for a second.';

/**
 * Cache tiers: the process's own memory, Redis, or the one before the other.
 *
 * One request in twenty writes a row, and what is read most is written most, so copies that no write reaches are soon
 * old. The first level holds a fifth of the rows. Its copies live for a second where nobody announces a change, and
 * as long as their entries where Redis does. Redis has all rows when the storm begins and keeps them: what reaches
 * the database then is what a first level alone can't hold, and what was just written. 8 kB a row, so that copies
 * show in the memory of a process.
 */
export const cacheTiers = defineScenario({
  name: 'cache-tiers',
  title: 'Cache tiers: local, Redis or both',
  question:
    'What does a cache in the process bring in place of Redis, or before it: how fast, how much of the data, how stale after a write, at what cost in memory?',
  dataset: { rows: 2_000, valueBytes: 8_192 },
  cache: { ttlMs: 60_000 },
  origin: { queryMs: 40, poolSize: 16 },
  service: { instances: 2 },
  preload: true,
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 800 },
  keys: { kind: 'zipf', count: 2_000, exponent: 1 },
  streams: [{ name: 'updates', share: 0.05, operation: 'write', keys: { kind: 'readers' } }],
  timeoutMs: 2_000,
  strategies: ['redis', 'local', 'two-level-ttl', 'two-level'],
  aliases: { redis: 'none' },
  parameters: {
    local: { l1TtlMs: 1_000, l1Entries: 400 },
    'two-level-ttl': { l1TtlMs: 1_000, l1Entries: 400 },
    'two-level': { l1TtlMs: 60_000, l1Entries: 400 },
  },
  // Nobody here goes without protection: Redis alone is one of the tiers.
  outcome: {
    baseline: 'competes',
    givesUp: {
      local: [{ criterion: 'stale-reads', instead: 'staleness.maxMs <= 1200ms', because: UNTOLD }],
      'two-level-ttl': [{ criterion: 'stale-reads', instead: 'staleness.maxMs <= 1200ms', because: UNTOLD }],
    },
  },
  columns: [
    'db.reads',
    'cache.l1HitRate',
    'cache.lookups',
    'latency.cached.p50',
    'reads.latency.response.p90',
    'staleness.readRate',
    'staleness.maxMs',
    'service.memoryBytes',
    'cache.memoryBytes',
  ],
  variants: [
    {
      name: 'large-l1',
      title: 'the first level has room for all rows',
      set: {
        'parameters.local.l1Entries': 2_000,
        'parameters.two-level-ttl.l1Entries': 2_000,
        'parameters.two-level.l1Entries': 2_000,
      },
    },
    // The same database before one process: its connections are dealt out among them.
    {
      name: 'one-instance',
      title: 'one instance',
      // Every write drops the only copy: nobody gives anything up.
      set: { 'service.instances': 1, 'origin.poolSize': 32, 'outcome.givesUp': {} },
    },
  ],
  claims: [
    {
      text: 'A local cache is faster than Redis',
      source: 'Common study notes: 本地緩存 (Caffeine, Guava)',
      // Beyond what counts as the same.
      cases: [
        {
          when: 'only the answers that a cache gives are timed',
          holds: ['local vs redis: latency.cached.p50 < 90%'],
        },
        {
          when: 'misses count too (p90 of all reads), and it has room for a fifth of the rows',
          holds: ['local vs redis: reads.latency.response.p90 < 90%'],
        },
        {
          when: 'misses count too, and it has room for all rows',
          variant: 'large-l1',
          holds: ['local vs redis: reads.latency.response.p90 < 90%'],
        },
      ],
    },
    {
      text: 'A local cache replaces Redis',
      source: 'Common study notes: 本地緩存, no network and nothing to operate',
      // Replaced: the database does not notice.
      cases: [
        { when: 'it has room for a fifth of the rows', holds: ['local vs redis: db.reads <= 110%'] },
        {
          when: 'it has room for all rows',
          variant: 'large-l1',
          holds: ['local vs redis: db.reads <= 110%'],
        },
      ],
    },
    {
      text: 'A first level takes the load off Redis',
      source: 'Common study notes: 多級緩存; hot keys in particular',
      // A third less at least.
      cases: [
        {
          when: 'it has room for a fifth of the rows',
          holds: ['two-level vs redis: cache.lookups < 67%', 'two-level-ttl vs redis: cache.lookups < 67%'],
        },
        {
          when: 'it has room for all rows',
          variant: 'large-l1',
          holds: ['two-level vs redis: cache.lookups < 67%', 'two-level-ttl vs redis: cache.lookups < 67%'],
        },
      ],
    },
    {
      text: 'Local caches serve old data after a write',
      source: 'Common study notes: 本地緩存的一致性問題',
      // Told from the known race of a delete with a late set, which Redis alone has too.
      cases: [
        {
          when: 'several processes serve, and nobody tells the others of a write',
          holds: ['local: staleness.readRate > 2%', 'two-level-ttl: staleness.readRate > 2%'],
        },
        {
          when: 'one process serves, and so does every write',
          variant: 'one-instance',
          holds: ['local: staleness.readRate > 2%', 'two-level-ttl: staleness.readRate > 2%'],
        },
      ],
    },
    {
      text: 'A short time to live bounds how old it gets',
      source: 'Common study notes: 設置較短的過期時間',
      // A copy lives for a second; a fifth of that for the load before it.
      cases: [
        { when: 'the copies are of the database', holds: ['local: staleness.maxMs <= 1200ms'] },
        { when: 'the copies are of Redis', holds: ['two-level-ttl: staleness.maxMs <= 1200ms'] },
      ],
    },
    {
      text: 'Client-side tracking keeps local copies consistent with Redis',
      source: 'Client-side caching reference, Redis documentation',
      cases: [
        {
          when: 'consistent means that of a hundred reads less than one is stale',
          holds: ['two-level: staleness.readRate < 1%'],
        },
        { when: 'consistent means that no read is stale', holds: ['two-level: staleness.readRate == 0'] },
      ],
    },
    {
      text: 'A local cache costs memory in every process',
      source: 'Common study notes: 本地緩存佔用應用內存',
      // Of all that the process holds, beyond what counts as the same.
      cases: [
        {
          when: 'it has room for a fifth of the rows',
          holds: [
            'local vs redis: service.memoryBytes > +5%',
            'two-level vs redis: service.memoryBytes > +5%',
          ],
        },
        {
          when: 'it has room for all rows',
          variant: 'large-l1',
          holds: [
            'local vs redis: service.memoryBytes > +5%',
            'two-level vs redis: service.memoryBytes > +5%',
          ],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 3, stormMs: 3_000 },
    standard: { rounds: 7, stormMs: 6_000 },
    publish: { rounds: 10, stormMs: 20_000 },
  },
});
