/** The words for every metric, in the order in which a reader meets them. */
import { CONSISTENCY_NOTES } from './consistency-notes.ts';
import type { MetricNotes } from './note.ts';

const ISSUED = 'by the load generator';
const HONEST = 'Of the readers that the service is there for, without the attack';
const TRIGGER = 'Counted from the last trigger (a fault, the common expiry, the cold start)';

/** By name, or by family; in reading order. */
export const NOTES: Readonly<Record<string, MetricNotes>> = {
  'db.reads': {
    label: 'Database reads',
    measured:
      "SELECT statements of the service's own database user during the storm, from the database server's counters. Warm-up and our own probes are not in it.",
    head: ['DB reads'],
  },
  'db.writes': {
    label: 'Database writes',
    measured: "Row changes of the service's own database user, from the database server's counters.",
    head: ['DB writes'],
  },
  'db.relayReads': {
    label: 'Database reads by relays',
    measured:
      "SELECT statements of the relays' own database user, from the database server's counters: what a queue or a log asks of the database beside the service.",
    head: ['relay', 'reads'],
  },
  'db.relayWrites': {
    label: 'Database writes by relays',
    measured:
      "Row changes of the relays' own database user, from the database server's counters; the heartbeats of a follower of the binary log are among them.",
    head: ['relay', 'writes'],
  },
  'db.loadsPerExpiry': {
    label: 'Loads per expiry',
    measured:
      'Database reads divided by the number of times that the hot entry expired during the storm. Where it is renewed before that, a renewal counts: all loads that began before the first of them wrote the entry.',
    head: ['loads/', 'expiry'],
  },
  'db.loadsPerMissing.repeated': {
    label: 'Loads per request, repeated missing keys',
    measured:
      'Database loads for the small set of missing keys that is asked for again and again, divided by the requests for them that were sent: 1 without protection.',
    head: ['repeated', 'loads'],
  },
  'db.loadsPerMissing.endless': {
    label: 'Loads per request, endless missing keys',
    measured:
      'Database loads for ever new missing keys, divided by the requests for them that were sent: 1 without protection.',
    head: ['endless', 'loads'],
  },
  'db.hitRate': {
    label: 'DB hit rate',
    measured:
      'Database reads divided by requests offered, of all kinds and whatever came of them: the share that reached the database. More than 100 % where a request, tried again say, asks more than once.',
    head: ['DB hit'],
  },
  'db.peakQps': {
    label: 'Peak database load',
    measured:
      'Reads of the busiest 100 ms, per second, from the counters of the database server. They are read every 100 ms, and taken to grow evenly in between.',
    head: ['DB peak'],
  },
  'db.amplification': {
    label: 'Amplification',
    measured: 'Database reads divided by those that a perfect cache would have needed.',
  },
  'latency.response.*': {
    label: 'Response time',
    measured: `Measured ${ISSUED} from the intended send time, so that a stalled server can't hide its own queue. A timeout counts at its deadline. Percentiles per round; the table shows the median round.`,
  },
  'latency.service.*': {
    label: 'Service time',
    measured: `Measured ${ISSUED} from the actual send to the complete answer. Lower than response time when requests waited to be sent.`,
    head: ['service'],
  },
  'latency.cached.*': {
    label: 'Time of a cached answer',
    measured: `Of the answers that came from a cache (x-cache: hit, l1 or stale), measured ${ISSUED} from the actual send: what the way to that cache costs, without the misses.`,
    head: ['cached'],
  },
  'reads.latency.response.*': {
    label: 'Response time of reads',
    measured: 'Of the requests that read, in a load that writes too; otherwise as response time.',
    head: ['reads'],
  },
  'writes.latency.response.*': {
    label: 'Response time of writes',
    measured: 'Of the requests that write; otherwise as response time.',
    head: ['writes'],
  },
  goodput: {
    label: 'Goodput',
    measured: 'The fraction of offered requests that got the right answer in time.',
    head: ['good'],
  },
  'honest.latency.response.*': {
    label: 'Honest response time',
    measured: `${HONEST}; otherwise as response time.`,
    head: ['honest'],
  },
  'honest.goodput': {
    label: 'Honest goodput',
    measured: `${HONEST}: the fraction of their requests that got the right answer in time.`,
    head: ['honest', 'good'],
  },
  'honest.falseNotFound': {
    label: 'Honest false 404s',
    measured: `${HONEST}: answers of 404 for rows that exist.`,
    head: ['false', '404s'],
  },
  'honest.shed': {
    label: 'Honest requests shed',
    measured: `${HONEST}: their requests that the service refused on purpose.`,
    head: ['honest', 'shed'],
  },
  'inserted.falseNotFound': {
    label: 'False 404s of new rows',
    measured:
      'Of the answered reads of rows inserted during the storm, the share that was told that they do not exist: what a filter does that has not heard of them.',
    head: ['false', '404'],
  },
  'recovery.worstGoodput': {
    label: 'Worst goodput',
    measured: `${TRIGGER}: the smallest goodput of any whole half second.`,
    head: ['worst', 'good'],
  },
  'recovery.finalGoodput': {
    label: 'Final goodput',
    measured: `${TRIGGER}: goodput over the last tenth of the storm.`,
    head: ['final', 'good'],
  },
  'recovery.to95Ms': {
    label: 'Time to recover',
    measured: `${TRIGGER}: until the half second from which on goodput is at 95 % and stays there. “never”: no such half second was seen whole before the end of the storm. Its number is then the least that it can have taken: it breaks every upper limit, and holds a lower one only as far as it was seen. Nothing is known of a trigger less than half a second before that end.`,
    head: ['back in'],
  },
  'recovery.lost': {
    label: 'Requests lost',
    measured: `${TRIGGER}: requests that were not answered rightly and in time.`,
    head: ['lost'],
  },
  'recovery.stuck': {
    label: 'Stuck',
    measured: `${TRIGGER}: 100 % where goodput was not seen to be back for half a second by the end of the storm; the time to recover is then only the least that it can be, so hold this to 0 beside a limit on that.`,
    head: ['stuck'],
  },
  'requests.errors': {
    label: 'Errors',
    measured:
      'Requests failed + timeout + lost. One that the service refused on purpose is shed, and not in it.',
    head: ['errors'],
  },
  'requests.errorRate': {
    label: 'Error rate',
    measured: 'Errors divided by the requests offered. What the service refused on purpose is no error.',
    head: ['errors'],
  },
  outcome: {
    label: 'Outcome',
    measured:
      '100 % in a round that met every criterion of the outcome, 0 % in one that missed any: whether the strategy protected.',
    head: ['outcome'],
  },
  'requests.*': {
    label: 'Requests',
    measured: `Counted ${ISSUED}: offered = completed + failed + timeout + lost + shed.`,
  },
  'cache.hitRate': {
    label: 'Cache hit ratio',
    measured: 'Redis keyspace hits divided by lookups, from the counters of the Redis server.',
    head: ['cache', 'hits'],
  },
  'cache.l1HitRate': {
    label: 'L1 hit ratio',
    measured: 'The share of reads that were answered from the memory of the process itself (x-cache: l1).',
    head: ['L1', 'hits'],
  },
  'cache.lookups': {
    label: 'Redis lookups',
    measured: 'Keyspace hits and misses together, from the counters of the Redis server.',
    head: ['Redis', 'lookups'],
  },
  'cache.expiries': {
    label: 'Expiries',
    measured: 'How often the hot entry expired during the storm, as Redis announced it.',
  },
  'cache.refillMs': {
    label: 'Time to refill',
    measured: 'From the expiry of the hot entry until it was written again; the mean.',
    head: ['refill'],
  },
  'cache.refillMs.max': {
    label: 'Longest time to refill',
    measured:
      'From an expiry of the hot entry until it was written again, or the storm was over; the longest. With logical expiry the old entry is served meanwhile.',
    head: ['longest', 'refill'],
  },
  'cache.memoryBytes': {
    label: 'Cache memory',
    measured: 'used_memory of the Redis server, the most that was seen during the storm.',
    head: ['cache'],
  },
  'cache.wastedRefreshes': {
    label: 'Wasted refreshes',
    measured: 'Loads that renewed an entry ahead of its expiry which nobody has read since.',
    head: ['wasted'],
  },
  'cache.evictions': {
    label: 'Evictions',
    measured: 'Entries that Redis gave up for want of memory.',
    head: ['evicted'],
  },
  'cache.refusedWrites': {
    label: 'Refused writes',
    measured:
      'Writes that Redis refused because its memory was full and it might give up nothing, by its own count of such errors. Their readers were answered from the database.',
    head: ['refused'],
  },
  'cache.entries': {
    label: 'Entries held',
    measured: 'Keys in Redis, the most that were seen during the storm.',
    head: ['entries'],
  },
  'cache.optimalHitRate': {
    label: 'Best possible hit ratio',
    measured:
      'Of a cache that knows what will be asked for (MIN, Belady 1966) and holds as many entries as Redis held at most, on the same keys in the same order, from an empty cache where the storm began with one. It may decline to store.',
    head: ['best', 'hits'],
  },
  'cache.optimumShare': {
    label: 'Share of best',
    measured: 'The cache hit ratio divided by the best possible one.',
    head: ['of best'],
  },
  'age.maxMs': {
    label: 'Oldest data',
    measured:
      'The largest age in any answer (header x-age-ms): how long ago the served value was loaded. Fewer loads can mean staler data; read both.',
    head: ['oldest'],
  },
  'service.memoryBytes': {
    label: 'Memory of a process',
    measured:
      'What one service process needs after the storm: its heap after a full garbage collection, and what that refers to outside of it; the mean over the instances. Each of them holds as much, so multiply by their number.',
    head: ['a process'],
  },
  ...CONSISTENCY_NOTES,
  'generator.*': {
    label: 'Load generator',
    measured: 'Its own lag and CPU. A generator that lags or saturates makes the run inconclusive.',
    head: ['generator'],
  },
};
