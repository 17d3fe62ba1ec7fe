/** The numbers of one trial. */
import { ANALYSIS, DEFINITIONS, inFile, type Mutation } from './mutation.ts';

export const readingMutations: readonly Mutation[] = [
  ...inFile(
    `${ANALYSIS}/trial.ts`,
    [DEFINITIONS],
    [
      [
        'goodput is of what was completed',
        'goodput: ratio(load.good, load.counts.offered)',
        'goodput: ratio(load.good, load.counts.completed)',
      ],
      [
        'the DB hit rate is of what was completed',
        "'db.hitRate': ratio(dbReads, load.counts.offered)",
        "'db.hitRate': ratio(dbReads, load.counts.completed)",
      ],
      [
        'the warm-up’s reads are counted',
        'const dbReads = after.dbReads - before.dbReads;',
        'const dbReads = after.dbReads;',
      ],
      [
        'the cache hit rate is of its misses',
        'const lookups = hits + after.redisMisses - before.redisMisses;',
        'const lookups = after.redisMisses - before.redisMisses;',
      ],
      [
        'loads per expiry are of refilled ones',
        "'db.loadsPerExpiry': ratio(dbReads, expiries?.length ?? 0)",
        "'db.loadsPerExpiry': ratio(dbReads, refillsMs.length)",
      ],
      [
        'the peak is over the whole trial',
        'fromUs: before.atUs,\n      toUs: after.atUs,',
        'fromUs: load.startedAtUs,\n      toUs: load.startedAtUs + 100_000,',
      ],
      [
        'p99 is p90',
        "'latency.response.p99': atMs(response, 99)",
        "'latency.response.p99': atMs(response, 90)",
      ],
      ['p99.9 is p99', 'atMs(response, 99.9)', 'atMs(response, 99)'],
      [
        'service time is response time',
        "'latency.service.p50': atMs(service, 50)",
        "'latency.service.p50': atMs(response, 50)",
      ],
      [
        'L1 hits are of Redis hits',
        'ratio(load.outcomes.l1 ?? 0, sum(Object.values(load.outcomes)))',
        'ratio(load.outcomes.l1 ?? 0, load.outcomes.hit ?? 0)',
      ],
      [
        'errors are without timeouts',
        'load.counts.failed + load.counts.timeout + load.counts.lost',
        'load.counts.failed + load.counts.lost',
      ],
      [
        'memory is that of the end',
        '[before, ...readings, after].map((reading) => reading.redisMemoryBytes)',
        '[after].map((reading) => reading.redisMemoryBytes)',
      ],
      [
        'the longest refill leaves out the one the storm’s end cut off',
        "'cache.refillMs.max': largest(gapsMs)",
        "'cache.refillMs.max': largest(refillsMs)",
      ],
      [
        'CPU is of the planned storm',
        'ratio(load.cpuUs, load.finishedAtUs - load.startedAtUs)',
        'ratio(load.cpuUs, load.durationMs * 1000)',
      ],
      [
        'the send lag is the pacer’s',
        "'generator.sendLagMs.p99': atMs(sendLag, 99)",
        "'generator.sendLagMs.p99': pacerLag === undefined ? null : readMs(pacerLag, 99)",
      ],
      [
        'refreshes of the warm-up are wasted ones of the storm',
        'after.counters.wastedRefreshes - (before.counters?.wastedRefreshes ?? 0)',
        'after.counters.wastedRefreshes',
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/counters.ts`,
    [`${ANALYSIS}/counters.test.ts`],
    [
      [
        'a counter jumps at its readings',
        'return pick(left) + share * (pick(right) - pick(left));',
        'return pick(right) + 0 * share;',
      ],
      [
        'the peak is a count, not a rate',
        'Math.max(...grown) / (PEAK_WINDOW_US / 1e6)',
        'Math.max(...grown)',
      ],
      [
        'a window may reach over the edge',
        'Math.min(Math.max(startUs, fromUs), toUs - PEAK_WINDOW_US),',
        'startUs,',
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/streams.ts`,
    [DEFINITIONS],
    [
      [
        'honest goodput is of what was completed',
        'offered > 0 ? honest.good / offered : null',
        'offered > 0 ? honest.good / honest.counts.completed : null',
      ],
      [
        'what never left is a request that arrived',
        'return counts.offered - neverSent;',
        'return counts.offered + 0 * neverSent;',
      ],
      [
        'repeated and endless attacks are swapped',
        "{ repeated: 'missing', endless: 'endless' }",
        "{ repeated: 'endless', endless: 'missing' }",
      ],
      [
        'false 404s are of what was offered',
        'sum(reports.map(({ counts }) => counts.completed))',
        'sum(reports.map(({ counts }) => counts.offered))',
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/operations.ts`,
    [`${ANALYSIS}/operations.test.ts`],
    [
      ['reads are without the honest ones', '[HONEST_STREAM, ...readers]', 'readers'],
      ['writes are labelled as reads', "operation === 'write').map", "operation !== 'write').map"],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/recovery.ts`,
    [`${ANALYSIS}/recovery.test.ts`],
    [
      ['a span that the end cut off is whole', 'whole: seenShare === 1', 'whole: seenShare > 0'],
      ['spans are a window long', 'const SPAN_MS = 500;', 'const SPAN_MS = 100;'],
      ['94% is recovered', 'const RECOVERED = 0.95;', 'const RECOVERED = 0.94;'],
      [
        'the first good span counts, relapses or not',
        'spans.findLastIndex(({ atBest }) => atBest < RECOVERED)',
        'spans.findIndex(({ atBest }) => atBest < RECOVERED)',
      ],
      [
        'time counts from the trigger’s start',
        'Math.max(0, (back?.tMs ?? endMs) - toMs)',
        'Math.max(0, (back?.tMs ?? endMs) - fromMs)',
      ],
      ['the window of the trigger is left out', 'tMs + windowMs > fromMs', 'tMs >= fromMs'],
      ['the end is the last fifth', 'const FINAL_SHARE = 0.1;', 'const FINAL_SHARE = 0.2;'],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/recovery.ts`,
    [DEFINITIONS],
    [
      [
        'the first trigger counts',
        'triggersOf(sample, scenario).at(-1)',
        'triggersOf(sample, scenario).at(0)',
      ],
      ['lost are those of the whole storm', 'lost: sum(since.map(', 'lost: sum(windows.map('],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/expiries.ts`,
    [`${ANALYSIS}/expiries.test.ts`, `${ANALYSIS}/expiries-early.test.ts`],
    [
      [
        'an expiry before the storm counts',
        '(refilledAtUs ?? window.toUs) > window.fromUs',
        '(refilledAtUs ?? window.toUs) > 0',
      ],
      [
        'a logical entry expires when it is written',
        'const fromUs = setAtUs + ttlMs * 1000;',
        'const fromUs = setAtUs;',
      ],
      [
        'an eviction is no end of an entry',
        "new Set(['expired', 'del', 'evicted'])",
        "new Set(['expired', 'del'])",
      ],
      ['each SET of a renewal is one', 'const RENEWAL_QUERIES = 1.5;', 'const RENEWAL_QUERIES = 0;'],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/within.ts`,
    [`${ANALYSIS}/within.test.ts`],
    [
      [
        'goodput of a part is of what was completed',
        '      offered,\n    ),\n',
        '      total((window) => window.good ?? 0),\n    ),\n',
      ],
      [
        'a window that touches a part is in it',
        'middleUs >= fromUs - reachUs && middleUs < toUs + reachUs',
        'middleUs >= fromUs - widthUs && middleUs < toUs + widthUs',
      ],
      [
        'p50 of a part is its maximum',
        "'latency.response.p50': atMs(50)",
        "'latency.response.p50': atMs(100)",
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/staleness.ts`,
    [`${ANALYSIS}/staleness.test.ts`],
    [
      [
        'the stale share is of reads after a write',
        'staleness.stale / staleness.reads',
        'staleness.stale / staleness.afterWrite',
      ],
      ['the stalest is what it was at most', 'staleness.maxMs.atLeast', 'staleness.maxMs.atMost'],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/relays.ts`,
    [DEFINITIONS],
    [
      [
        'a message not acknowledged by its publisher is lost',
        'Math.max(0, confirmed - grown',
        'Math.max(0, published - grown',
      ],
      ['what relays applied before the storm counts', 'after.applied - before.applied', 'after.applied'],
    ],
  ),
];
