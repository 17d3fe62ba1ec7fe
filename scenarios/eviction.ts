import { defineScenario } from '../harness/scenario/schema.ts';

const BEST_IS_LRU = [
  'allkeys-lru vs allkeys-lfu: cache.hitRate > 99%',
  'allkeys-lru vs allkeys-random: cache.hitRate > 99%',
];
const RARE_KEYS = 'A key that was read once pushes out one that is read often.';
const BLIND = 'It evicts popular entries as readily as others.';
const OLDEST = 'Where all live equally long it evicts the oldest, popular or not.';
const NEARLY = 'It looks at five entries, by a clock of whole seconds: it comes near.';
const REMEMBERS = 'Its counters forget one read a minute: what was popular stays too long.';
const TAKES_ALL = { name: 'writes-taken', says: 'takes every entry', any: ['cache.refusedWrites == 0'] };
const LESS_WITHOUT = [
  'noeviction vs allkeys-lru: cache.hitRate < 99%',
  'noeviction vs allkeys-random: cache.hitRate < 99%',
];

/**
 * Eviction: the data is larger than the cache, as it usually is, and Redis has to give something up.
 *
 * About 12% of 10,000 rows fit. A storm begins with an empty cache and all of it counts, so that what was asked for is
 * known from the first request on, and the best that any cache could do with it (Belady) stands beside what Redis
 * did. No entry expires: what is missing was evicted, refused, or never read before.
 *
 * Where popularity stays as it is, whoever keeps what came first does well, noeviction too: what is popular comes
 * first. That is what the variant `shift` is for. It changes all at once, which is hard on a counter that loses one a
 * minute; real popularity drifts. maxmemory-samples is 5 here (cache.evictionSamples); lfu-log-factor 10 and
 * lfu-decay-time 1 are Redis's defaults. The clock of its LRU ticks once a second, and an entry stays for about 4 s.
 */
export const eviction = defineScenario({
  name: 'eviction',
  title: 'Eviction: the cache is smaller than the data',
  question:
    'When only a part of the data fits, which eviction policy hits most, and how far is it from the best?',
  dataset: { rows: 10_000, valueBytes: 2_000 },
  cache: { ttlMs: 3_600_000, roomBytes: 3_400_000 },
  // 2,400 queries a second: the start, when all miss, is no overload.
  origin: { queryMs: 20, poolSize: 24 },
  service: { instances: 2 },
  start: 'cold',
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_500 },
  keys: { kind: 'zipf', count: 10_000, exponent: 0.99 },
  strategies: [
    'noeviction',
    'allkeys-lru',
    'allkeys-lfu',
    'allkeys-random',
    'volatile-lru',
    'volatile-lfu',
    'volatile-random',
    'volatile-ttl',
  ],
  core: ['noeviction', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random'],
  // Nobody who can't see the future comes to 90% of the best on these keys.
  outcome: {
    criteria: [
      {
        name: 'hits',
        says: 'hits 88% as often as the best possible cache of its size',
        any: ['cache.optimumShare >= 88%'],
      },
      TAKES_ALL,
    ],
    givesUp: {
      'allkeys-lru': [{ criterion: 'hits', because: RARE_KEYS }],
      'volatile-lru': [{ criterion: 'hits', because: RARE_KEYS }],
      'allkeys-random': [{ criterion: 'hits', because: BLIND }],
      'volatile-random': [{ criterion: 'hits', because: BLIND }],
      'volatile-ttl': [{ criterion: 'hits', because: OLDEST }],
    },
  },
  columns: [
    'cache.hitRate',
    'cache.optimumShare',
    'db.reads',
    'cache.evictions',
    'cache.refusedWrites',
    'latency.response.p99',
  ],
  variants: [
    {
      name: 'scan',
      title: 'with a scan of all rows',
      set: {
        streams: [{ name: 'scan', share: 0.2, keys: { kind: 'scan', count: 10_000 } }],
        // The best possible cache knows that a scan does not come back, and stores nothing of it.
        'outcome.criteria': [
          {
            name: 'hits',
            says: 'hits 82% as often as the best possible cache of its size',
            any: ['cache.optimumShare >= 82%'],
          },
          TAKES_ALL,
        ],
      },
    },
    {
      name: 'shift',
      title: 'and popularity changes',
      // Every five seconds.
      set: {
        keys: { kind: 'zipf', count: 10_000, exponent: 0.99, shiftEvery: 7_500 },
        'outcome.givesUp': {
          'allkeys-lru': [{ criterion: 'hits', because: NEARLY }],
          'volatile-lru': [{ criterion: 'hits', because: NEARLY }],
          'allkeys-lfu': [{ criterion: 'hits', because: REMEMBERS }],
          'volatile-lfu': [{ criterion: 'hits', because: REMEMBERS }],
          'allkeys-random': [{ criterion: 'hits', because: BLIND }],
          'volatile-random': [{ criterion: 'hits', because: BLIND }],
          'volatile-ttl': [{ criterion: 'hits', because: OLDEST }],
        },
      },
    },
  ],
  // One percent of a hit rate is as good as none: "best", "less" and "the same" keep away from it.
  claims: [
    {
      text: 'allkeys-lru is the best choice',
      source:
        'Common study notes on 內存淘汰策略; the Redis documentation has it as “a good pick in general”',
      cases: [
        { when: 'popularity is Zipf’s and stays as it is', holds: BEST_IS_LRU },
        { when: 'a fifth of the reads is a scan', variant: 'scan', holds: BEST_IS_LRU },
        { when: 'popularity changes', variant: 'shift', holds: BEST_IS_LRU },
      ],
    },
    {
      text: 'LFU resists scans',
      source: 'Common study notes; the Redis documentation on LFU',
      cases: [
        {
          when: 'a fifth of the reads is a scan',
          variant: 'scan',
          holds: ['allkeys-lfu vs allkeys-lru: cache.hitRate > 102%'],
        },
      ],
    },
    {
      text: 'With noeviction writes fail once the memory is full',
      source: 'Common study notes: noeviction, 寫入報錯',
      cases: [{ when: 'the data is larger than the memory', holds: ['noeviction: cache.refusedWrites > 0'] }],
    },
    {
      text: 'A full cache that evicts nothing hits less than one that evicts',
      source: 'Common study notes: noeviction is for stores, not for caches',
      cases: [
        { when: 'popularity is Zipf’s and stays as it is', holds: LESS_WITHOUT },
        { when: 'a fifth of the reads is a scan', variant: 'scan', holds: LESS_WITHOUT },
        { when: 'popularity changes', variant: 'shift', holds: LESS_WITHOUT },
      ],
    },
    {
      text: 'volatile-ttl evicts what expires first, which is what is needed least',
      source: 'Common study notes: volatile-ttl, 淘汰即將過期的鍵',
      // First in, first out hits as often as a blind choice does (Gelenbe, IEEE Transactions on Computers C-22(6), 1973).
      cases: [
        {
          when: 'all entries live equally long',
          holds: ['volatile-ttl vs volatile-random: cache.hitRate > 102%'],
        },
      ],
    },
    {
      text: 'volatile-lru and volatile-lfu are allkeys-lru and allkeys-lfu where every entry has a time to live',
      source: 'Redis documentation, "Key eviction"',
      cases: [
        {
          when: 'every entry has one',
          holds: [
            'volatile-lru vs allkeys-lru: cache.hitRate > 98%',
            'volatile-lru vs allkeys-lru: cache.hitRate < 102%',
            'volatile-lfu vs allkeys-lfu: cache.hitRate > 98%',
            'volatile-lfu vs allkeys-lfu: cache.hitRate < 102%',
          ],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 1, stormMs: 12_000 },
    standard: { rounds: 3, stormMs: 20_000 },
    // Nine rounds: the fewest from which the exact test can tell seven contenders from the baseline.
    publish: { rounds: 9, stormMs: 30_000 },
  },
});
