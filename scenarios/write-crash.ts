import { defineScenario } from '../harness/scenario/schema.ts';

type Concession = { readonly criterion: string; readonly because: string };

const rowsStay = (because: string): Concession[] => [{ criterion: 'rows-right', because }];
/** What is read was never committed, and stays. */
const uncommitted = (because: string): Concession[] => [
  ...rowsStay(because),
  { criterion: 'clean-reads', because },
];
const KILLED_BETWEEN = 'Who dies between the commit and the cache leaves the old entry.';
const LOST_MESSAGE = 'Who dies between the commit and the message has told nobody.';
const UNTOLD = 'What is committed while the broker is away reaches no consumer.';
const REFUSED = 'A delete that Redis refuses is not repeated, and the old entry stays.';
const AFTER_FOLLOWER =
  'A reader that loaded before a commit may set the old row after the follower did, and it stays.';
const OTHER_ORDER = 'Two writers of a row may reach the cache in another order than the database.';
const PUBLISHED_LATE = 'Two writers of a row may publish in another order than they set.';
const LATE_SET = 'A reader that loaded before a commit may set the old row after the delete, and it stays.';

/**
 * Write crash: the two or three places that a write has to reach, and what is left when it stops between them.
 *
 * The service is killed when a write has been committed and its cache, or its queue, does not know of it yet: late, so
 * that hardly a later write of the row can heal it before the writes end. The variants break another link each. Entries
 * live for longer than the storm: what is wrong in the end is wrong until they expire.
 */
export const writeCrash = defineScenario({
  name: 'write-crash',
  title: 'Write crash: the service dies between the commit and the cache',
  question:
    'Something breaks in the middle of a write: which writes are lost, and does the cache come to agree with the database by itself?',
  dataset: { rows: 300, valueBytes: 256 },
  cache: { ttlMs: 60_000 },
  origin: { queryMs: 10, poolSize: 32 },
  service: { instances: 2, stepDelayMs: 5 },
  relays: { stepDelayMs: 1 },
  preload: true,
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 500 },
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
  faults: [{ kind: 'kill', atMs: 1_800, barrier: 'afterDbCommit', restartAfterMs: 200 }],
  strategies: [
    'cache-aside',
    'cache-aside+lease',
    'double-write-db-first',
    'versioned',
    'tag-as-deleted',
    'message-queue',
    'message-queue-versioned',
    'outbox',
    'binlog',
    'binlog-invalidate',
    'binlog-versioned',
  ],
  core: ['cache-aside', 'message-queue', 'outbox', 'binlog-versioned'],
  outcome: {
    givesUp: {
      'cache-aside+lease': rowsStay(KILLED_BETWEEN),
      'double-write-db-first': rowsStay(KILLED_BETWEEN),
      versioned: rowsStay(KILLED_BETWEEN),
      'tag-as-deleted': rowsStay(KILLED_BETWEEN),
      'message-queue': rowsStay(LOST_MESSAGE),
      'message-queue-versioned': rowsStay(LOST_MESSAGE),
      outbox: rowsStay(LATE_SET),
      binlog: rowsStay(AFTER_FOLLOWER),
      'binlog-invalidate': rowsStay(LATE_SET),
    },
  },
  columns: [
    'consistency.lostUpdates',
    'consistency.divergentKeys',
    'consistency.dirtyReads',
    'staleness.readRate',
    'staleness.maxMs',
    'requests.errors',
    'writes.latency.response.p99',
    'db.reads',
    'relay.lagMs.p99',
  ],
  variants: [
    {
      name: 'unflushed',
      title: 'Redis loses what was acknowledged and not flushed',
      core: true,
      set: {
        faults: [{ kind: 'flush', atMs: 1_500 }],
        strategies: ['cache-aside', 'versioned', 'write-behind', 'write-behind-interval'],
        core: null,
        // What breaks here is nothing of cache-aside's: it keeps no write in Redis alone.
        'outcome.baseline': 'competes',
        'outcome.givesUp': {
          'cache-aside': rowsStay(LATE_SET),
          versioned: rowsStay('With the versions it loses what keeps a late reader out.'),
          'write-behind': rowsStay(
            'A row that is loaded before its change is stored brings the old one back.',
          ),
          'write-behind-interval': [
            ...uncommitted('What was acknowledged and not flushed was in Redis alone.'),
            {
              criterion: 'writes-kept',
              because: 'What was acknowledged and not flushed was in Redis alone.',
            },
          ],
        },
      },
    },
    {
      name: 'refused-delete',
      title: 'Redis refuses deletes for half a second',
      set: {
        faults: [{ kind: 'refuse', commands: ['del', 'unlink'], atMs: 1_400, durationMs: 500 }],
        strategies: [
          'cache-aside',
          'cache-aside+lease',
          'delayed-double-delete',
          'message-queue',
          'binlog-invalidate',
        ],
        core: null,
        'outcome.givesUp': {
          'cache-aside+lease': rowsStay(REFUSED),
          'delayed-double-delete': rowsStay(REFUSED),
          'message-queue': rowsStay(LATE_SET),
          'binlog-invalidate': rowsStay(LATE_SET),
        },
      },
    },
    {
      name: 'relay-killed',
      title: 'the relay is killed with a change in hand',
      set: {
        faults: [{ kind: 'kill', target: 'relay', atMs: 1_500, barrier: 'beforeApply', restartAfterMs: 300 }],
        strategies: [
          'message-queue',
          'message-queue-versioned',
          'outbox',
          'binlog',
          'binlog-versioned',
          'write-behind',
        ],
        core: null,
        // A message that nobody acknowledged comes again: all of them are made for this.
        'outcome.baseline': 'competes',
        'outcome.givesUp': {
          'message-queue': rowsStay(LATE_SET),
          outbox: rowsStay(LATE_SET),
          binlog: rowsStay(AFTER_FOLLOWER),
          'write-behind': rowsStay('A change that is stored a second time may come over a newer one.'),
        },
      },
    },
    // It takes some five seconds to be back; whoever publishes meanwhile is told that it failed. Its boot takes both of
    // two cores: with less load the others still get what they need.
    {
      name: 'broker-restarted',
      title: 'RabbitMQ is killed and comes back',
      set: {
        faults: [{ kind: 'restart', atMs: 1_000, durationMs: 200 }],
        strategies: ['message-queue', 'message-queue-versioned', 'outbox', 'binlog', 'write-behind'],
        core: null,
        'outcome.givesUp': {
          'message-queue-versioned': rowsStay(UNTOLD),
          outbox: rowsStay(LATE_SET),
          binlog: rowsStay(AFTER_FOLLOWER),
          'write-behind': uncommitted('A change that can’t be published is in the cache all the same.'),
        },
        'load.ratePerSec': 250,
        'profiles.smoke.stormMs': 9_000,
        'profiles.standard.stormMs': 9_000,
        'profiles.publish.stormMs': 9_000,
      },
    },
    {
      name: 'read-only',
      title: 'the database refuses writes for half a second',
      set: {
        faults: [{ kind: 'read-only', atMs: 1_400, durationMs: 500 }],
        strategies: [
          'cache-aside',
          'delete-then-update',
          'double-write-db-first',
          'double-write-cache-first',
          'double-write-both',
          'write-through',
          'write-behind',
        ],
        core: null,
        // A refused write hurts only those who told the cache before.
        'outcome.baseline': 'competes',
        'outcome.givesUp': {
          'cache-aside': rowsStay(LATE_SET),
          'delete-then-update': rowsStay(
            'Whoever reads between the delete and the commit puts the old row back.',
          ),
          'double-write-db-first': rowsStay(OTHER_ORDER),
          'double-write-cache-first': uncommitted('The cache has what the database refused.'),
          'double-write-both': uncommitted('The cache has what the database refused.'),
          'write-through': uncommitted(
            'A commit that is refused takes back nothing that the cache was told.',
          ),
          'write-behind': rowsStay(PUBLISHED_LATE),
        },
      },
    },
  ],
  claims: [
    {
      text: 'A message queue makes the cache consistent in the end',
      source: 'Common study notes on 雙寫一致性: retry through a message queue',
      cases: [
        {
          when: 'the service dies between the commit and the message',
          holds: ['message-queue: consistency.divergentKeys < 1'],
        },
        {
          when: 'Redis refuses the delete for a while',
          variant: 'refused-delete',
          holds: ['message-queue: consistency.divergentKeys < 1'],
        },
        {
          when: 'its consumer is killed',
          variant: 'relay-killed',
          holds: ['message-queue: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'The binlog is the most stable: it loses nothing',
      source: 'Common study notes: 訂閱 Binlog (Canal) is the most stable way',
      cases: [
        {
          when: 'the service dies after the commit, and entries have versions',
          holds: ['binlog-versioned: consistency.divergentKeys < 1'],
        },
        {
          when: 'the follower is killed, and entries have versions',
          variant: 'relay-killed',
          holds: ['binlog-versioned: consistency.divergentKeys < 1'],
        },
      ],
    },
    {
      text: 'Write-behind loses what was not flushed',
      source: 'Common study notes: write back',
      cases: [
        {
          when: 'it is kept in Redis, and Redis loses its memory',
          variant: 'unflushed',
          holds: ['write-behind-interval: consistency.lostUpdates > 0'],
        },
        {
          when: 'it is kept in a durable queue, and Redis loses its memory',
          variant: 'unflushed',
          holds: ['write-behind: consistency.lostUpdates > 0'],
        },
        {
          when: 'it is kept in a durable queue, and the broker is killed',
          variant: 'broker-restarted',
          holds: ['write-behind: consistency.lostUpdates > 0'],
        },
      ],
    },
    {
      text: 'Writing the cache first leaves values that were never committed',
      source: 'Common study notes: 先寫緩存再寫數據庫',
      cases: [
        {
          when: 'the database refuses the write',
          variant: 'read-only',
          holds: ['double-write-cache-first: consistency.dirtyReads > 0'],
        },
      ],
    },
  ],
  profiles: {
    // Three: a single one may leave even cache-aside's rows right, by chance.
    smoke: { rounds: 3, stormMs: 3_000 },
    standard: { rounds: 5, stormMs: 3_000 },
    publish: { rounds: 10, stormMs: 3_000 },
  },
});
