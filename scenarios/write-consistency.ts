import { defineScenario } from '../harness/scenario/schema.ts';

type Concession = { readonly criterion: string; readonly instead?: string; readonly because: string };

/** Both for one reason: what is wrong at rest was read, too. */
const stays = (because: string): Concession[] => [
  { criterion: 'rows-right', because },
  { criterion: 'stale-reads', because },
];
const LATE_SET = 'A reader that loaded before a commit may set the old row after the delete, and it stays.';
const OTHER_ORDER = 'Two writers of a row may reach the cache in another order than the database.';
const BEHIND = 'The cache is behind by as much as its relay.';

/**
 * Write consistency: rows are written while they are read, every operation is kept, and the answers are held against
 * what the database committed.
 *
 * Each step of a service is put off by 20 ms on average, as by a network and the pauses of processes, so that writers of
 * one row overlap and readers load while others write; relays, which run beside the servers, by 1 ms. Two writers at
 * once who reach database and cache in independent orders leave 0.75 x 20 ms x 320 writes/s = 4.8 rows wrong at any
 * moment. Entries live for longer than the storm, so what goes wrong stays wrong until the next write. The writes end a
 * second before the storm does: readers go on, and find what is left.
 */
export const writeConsistency = defineScenario({
  name: 'write-consistency',
  title: 'Write consistency: does the cache follow the database?',
  question:
    'Rows are written while they are read: how often and how far behind are the answers, do cache and database agree in the end, and at what price?',
  dataset: { rows: 300, valueBytes: 256 },
  cache: { ttlMs: 60_000 },
  origin: { queryMs: 10, poolSize: 32 },
  service: { instances: 2, stepDelayMs: 20 },
  relays: { stepDelayMs: 1 },
  preload: true,
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 800 },
  keys: { kind: 'zipf', count: 300, exponent: 0.8 },
  clients: 20,
  streams: [
    {
      name: 'writes',
      share: 0.4,
      operation: 'write',
      keys: { kind: 'readers' },
      clients: 20,
      restMs: 1_000,
    },
  ],
  consistency: { quiesceMs: 600, againMs: 200 },
  timeoutMs: 2_000,
  strategies: [
    'cache-aside',
    'cache-aside+lease',
    'delete-then-update',
    'delayed-double-delete',
    'double-write-db-first',
    'double-write-cache-first',
    'double-write-both',
    'write-through',
    'versioned',
    'versioned-double-write',
    'tag-as-deleted',
    'tag-as-deleted-weak',
    'message-queue',
    'message-queue-4',
    'message-queue-refresh',
    'message-queue-refresh-4',
    'message-queue-refresh-by-key',
    'message-queue-versioned',
    'outbox',
    'binlog',
    'binlog-invalidate',
    'binlog-versioned',
    'write-behind',
    'write-behind-interval',
  ],
  core: ['cache-aside', 'cache-aside+lease', 'double-write-both', 'message-queue', 'versioned'],
  outcome: {
    givesUp: {
      'delete-then-update': stays('Whoever reads between the delete and the commit puts the old row back.'),
      'delayed-double-delete': [
        {
          criterion: 'stale-reads',
          instead: 'staleness.maxMs <= 1s',
          because: 'What a late reader sets stays until the second delete, half a second later.',
        },
      ],
      'double-write-db-first': stays(OTHER_ORDER),
      'double-write-cache-first': stays(OTHER_ORDER),
      'double-write-both': stays(OTHER_ORDER),
      'tag-as-deleted-weak': [
        {
          criterion: 'stale-reads',
          because: 'It serves the old row while the first reader loads the new one.',
        },
      ],
      'message-queue': stays(LATE_SET),
      'message-queue-4': stays(LATE_SET),
      'message-queue-refresh': stays('Messages of a row may be published in another order than committed.'),
      'message-queue-refresh-4': stays('Of two messages of a row at two consumers the older may come last.'),
      'message-queue-refresh-by-key': stays(
        'Messages of a row may be published in another order than committed.',
      ),
      'message-queue-versioned': [
        { criterion: 'stale-reads', instead: 'staleness.maxMs <= 1s', because: BEHIND },
      ],
      outbox: stays(LATE_SET),
      binlog: stays(
        'A reader that loaded before a commit may set the old row after the follower did, and it stays.',
      ),
      'binlog-invalidate': stays(LATE_SET),
      'binlog-versioned': [{ criterion: 'stale-reads', instead: 'staleness.maxMs <= 1s', because: BEHIND }],
      'write-behind': stays('Two writers of a row may publish in another order than they set.'),
    },
  },
  columns: [
    'staleness.readRate',
    'staleness.p99Ms',
    'staleness.maxMs',
    'consistency.divergentKeys',
    'consistency.lostUpdates',
    'writes.latency.response.p99',
    'db.reads',
    'relay.lagMs.p99',
    'relay.lagGrowthMsPerSec',
  ],
  claims: [
    {
      text: 'Update the database, then delete the entry: readers see nothing old',
      source: 'Common study notes: 旁路緩存 (cache-aside)',
      cases: [
        {
          when: 'rows are read and written at once',
          holds: ['cache-aside: staleness.readRate < 0.01%'],
        },
        {
          when: 'a delete voids the loads that are under way (lease)',
          holds: ['cache-aside+lease: staleness.readRate < 0.01%'],
        },
      ],
    },
    {
      text: 'A delayed second delete heals what the first one missed',
      source: 'Common study notes: 延時雙刪',
      cases: [
        {
          when: 'loads are over before the second delete',
          holds: ['delayed-double-delete: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'Writing database and cache keeps the two alike',
      source: 'Common study notes: 雙寫',
      cases: [
        {
          when: 'the database is written first',
          holds: ['double-write-db-first: consistency.divergentKeys < 1'],
        },
        {
          when: 'the cache is written first',
          holds: ['double-write-cache-first: consistency.divergentKeys < 1'],
        },
        {
          when: 'both are written at once',
          holds: ['double-write-both: consistency.divergentKeys < 1'],
        },
        {
          when: 'the cache refuses older versions',
          holds: ['versioned-double-write: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'A message queue makes the cache consistent in the end',
      source: 'Common study notes: consistency through a message queue',
      cases: [
        {
          when: 'its one consumer sets the entry',
          holds: ['message-queue-refresh: consistency.divergentKeys < 1'],
        },
        {
          when: 'four consumers set the entry',
          holds: ['message-queue-refresh-4: consistency.divergentKeys < 1'],
        },
        {
          when: 'four consumers set the entry, each its own keys',
          holds: ['message-queue-refresh-by-key: consistency.divergentKeys < 1'],
        },
        {
          when: 'the entry refuses older versions',
          holds: ['message-queue-versioned: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'The binlog is the most stable way',
      source: 'Common study notes: 訂閱 Binlog (Canal): the most stable, serial, the slowest',
      cases: [
        {
          when: 'the follower sets the row that the log has',
          holds: ['binlog: consistency.divergentKeys < 1'],
        },
        {
          when: 'the follower deletes the entry',
          holds: ['binlog-invalidate: consistency.divergentKeys < 1'],
        },
        {
          when: 'the entry refuses older versions',
          holds: ['binlog-versioned: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'The binlog is the slowest way',
      source: 'Common study notes: 訂閱 Binlog (Canal): the most stable, serial, the slowest',
      // Slower than what the same notes say is faster.
      cases: [
        {
          when: 'its lag is held against that of a queue with one consumer',
          holds: ['binlog vs message-queue-refresh: relay.lagMs.p50 > 100%'],
        },
        {
          when: 'the time of a write is held against that of a queue',
          holds: ['binlog vs message-queue-refresh: writes.latency.response.p50 > 100%'],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 2, stormMs: 3_000 },
    standard: { rounds: 7, stormMs: 5_000 },
    publish: { rounds: 10, stormMs: 10_000 },
  },
});
