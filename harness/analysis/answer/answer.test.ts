import { describe, expect, test } from 'vitest';
import { type MetricName, metricFacts } from '../../result/metrics.ts';
import type { StrategyResult } from '../../result/schema.ts';
import { answerOf } from './answer.ts';

type Values = Partial<Record<MetricName, number | readonly number[]>>;

/** The first of a list is the baseline. */
function strategies(all: Readonly<Record<string, Values>>): StrategyResult[] {
  return Object.entries(all).map(([name, values], index) => ({
    name,
    idea: '',
    source: '',
    weakness: '',
    baseline: index === 0,
    ...(name.endsWith('-again') ? { aa: true } : {}),
    parameters: {},
    verdict: 'pass',
    metrics: Object.fromEntries(
      Object.entries(values).map(([metric, given]) => {
        const rounds = typeof given === 'number' ? [given] : given;
        const sorted = rounds.toSorted((a, b) => a - b);
        const [low = 0, high = 0] = [sorted[0], sorted.at(-1)];
        const { unit } = metricFacts[metric as MetricName];
        return [
          metric,
          { unit, median: sorted[(sorted.length - 1) >> 1] ?? 0, low, high, values: [...rounds] },
        ];
      }),
    ),
    bounds: [],
    thresholds: [],
    timeline: null,
    spectrum: [],
  }));
}

const expiry = (loads: number, p99: number): Values => ({
  'db.reads': loads * 3,
  'db.loadsPerExpiry': loads,
  'latency.response.p99': p99,
});

describe('of a hot key', () => {
  test('loads and p99 of all three', () => {
    const found = strategies({
      none: expiry(102, 244),
      'single-flight': expiry(2, 102),
      mutex: expiry(1, 113),
    });
    const [none] = found;
    none?.bounds.push({
      metric: 'db.loadsPerExpiry',
      predicted: { low: 80, high: 120, value: 103.4, formula: '' },
      measured: 102,
      holds: true,
    });
    expect(answerOf(found, null)).toBe(
      'With no protection there were 102 (theory 103) database queries per expiry of the hot key, at 244 ms p99; with mutex 1 at 113 ms p99 and single-flight 2 at 102 ms p99.',
    );
  });

  test('of many, the best three and the last; the baseline again is no answer', () => {
    const found = strategies({
      none: expiry(1_000, 2_440),
      'none-again': expiry(0, 1),
      d: expiry(7, 10),
      a: expiry(1, 5),
      c: expiry(1, 9),
      e: expiry(43, 10),
      b: expiry(1, 7),
    });
    expect(answerOf(found, null)).toBe(
      'With no protection there were 1,000 database queries per expiry of the hot key, at 2,440 ms p99; with a 1 at 5 ms p99, b 1 at 7 ms p99 and c 1 at 9 ms p99; at the other end, e had 43.',
    );
  });

  test('without one, or with the baseline alone, what there is', () => {
    const [none] = strategies({ plain: { 'db.reads': 2_335 } });
    expect(answerOf(none === undefined ? [] : [none], null)).toBe(
      'With plain there were 2,335 database queries, at an unknown time p99.',
    );
    expect(answerOf([], null)).toContain('The baseline was not measured');
  });
});

describe('of missing keys', () => {
  const attacked = (repeated: number, endless: number, p99: number, more: Values = {}): Values => ({
    'db.loadsPerMissing.repeated': repeated,
    'db.loadsPerMissing.endless': endless,
    'honest.latency.response.p99': p99,
    'honest.goodput': 1,
    'inserted.falseNotFound': 0,
    ...more,
  });

  test('loads a request of both kinds, the honest users’ p99, and who harmed them', () => {
    const found = strategies({
      none: attacked(1, 1, 1_000.4, { 'honest.goodput': 0.75 }),
      'null-cache': attacked(0.159, 1, 321.5),
      'bloom-filter': attacked(0, 0.0032, 30, { 'inserted.falseNotFound': 0.467 }),
      'bloom-filter-redis': attacked(0, 0.0032, 34.4),
      'rate-limit': attacked(0.29, 0.28, 40, { 'honest.goodput': 0.8 }),
    });
    expect(answerOf(found, null)).toBe(
      'Without protection every request for a missing key reached the database (1 load a request for repeated and endless keys) and honest users’ p99 was 1,000 ms; with bloom-filter-redis 0 and 0.0032 at 34.4 ms and null-cache 0.16 and 1 at 322 ms; bloom-filter denied 47% of the reads of rows just inserted; rate-limit served only 80% of honest users’ requests.',
    );
  });

  test('of one kind only, and not all of them', () => {
    const found = strategies({
      none: { 'db.loadsPerMissing.endless': 0.9, 'honest.latency.response.p99': 50 },
      filter: { 'db.loadsPerMissing.endless': 0, 'honest.latency.response.p99': 3 },
    });
    expect(answerOf(found, null)).toBe(
      'Without protection requests for a missing key reached the database (0.9 loads a request for endless keys) and honest users’ p99 was 50 ms; with filter 0 at 3 ms.',
    );
  });
});

describe('of a killed process', () => {
  const waited = (slowest: number, gap: number): Values => ({
    'latency.response.max': slowest,
    'cache.refillMs.max': gap,
    'recovery.worstGoodput': 0.5,
    'recovery.to95Ms': 0,
  });

  test('how long readers waited, and how long there was nothing fresh to read', () => {
    const found = strategies({
      none: waited(139, 56.6),
      stuck: waited(3_000, 3_950.2),
      mutex: waited(1_910, 1_790),
      'logical-expiry': waited(65.5, 1_570),
      'single-flight': waited(120, 60),
    });
    expect(answerOf(found, 'kill')).toBe(
      'Without protection the slowest answer took 139 ms when a process was killed, and the hot key had no fresh entry for 56.6 ms at most; with logical-expiry 65.5 ms (1,570 ms), single-flight 120 ms (60 ms) and mutex 1,910 ms (1,790 ms); at the other end, stuck 3,000 ms (3,950 ms).',
    );
    expect(answerOf(found, 'kill-2')).toContain('when a process was killed');
    expect(answerOf(found, 'flush')).toContain('goodput');
  });

  test('without a hot key, how the service got over it', () => {
    const { 'cache.refillMs.max': _, ...none } = waited(139, 0);
    expect(answerOf(strategies({ none }), 'kill')).toContain('goodput fell to 50%');
  });
});

describe('of an avalanche', () => {
  const fell = (
    worst: number,
    to95Ms: number | readonly number[],
    lost: number,
    stuck: number | readonly number[] = 0,
  ) => ({
    'recovery.worstGoodput': worst,
    'recovery.to95Ms': to95Ms,
    'recovery.lost': lost,
    'recovery.stuck': stuck,
    'latency.response.p99': 500,
  });

  test('how far goodput fell, how soon it was back, and with whom it was not', () => {
    const found = strategies({
      none: fell(0.236, 4_998, 2_338, 1),
      'single-flight': fell(0.322, 4_999, 2_002, 1),
      'circuit-breaker': fell(0.248, 2_398, 1_284),
      'concurrency-limit': fell(0.492, [2_700, 2_798, 4_998], 677, [0, 0, 1]),
      'rewarm+limit': fell(1, 0, 0),
      breaker: fell(0.1, 950, 9_999),
    });
    expect(answerOf(found, 'flush')).toBe(
      'Without protection goodput fell to 24% and was not back 5 s after the flush; with rewarm+limit it stayed at 100%, and with concurrency-limit it fell to 49% and was back after 2.8 s, but not in 1 of 3 rounds, and with circuit-breaker it fell to 25% and was back after 2.4 s; with single-flight it was not back either.',
    );
  });

  test('those of whom the same is to be said, together', () => {
    const found = strategies({
      none: fell(0.5, 900, 50),
      a: fell(1, 0, 0),
      b: fell(1, 0, 0),
      c: fell(0.9997, 0, 1),
    });
    expect(answerOf(found, 'expiry')).toBe(
      'Without protection goodput fell to 50% and was back 900 ms after the common expiry; with a and b it stayed at 100%, and with c it stayed at more than 99%.',
    );
  });

  test('when none of them, or many of them, came back', () => {
    const none = fell(0.2, 5_000, 9, 1);
    expect(answerOf(strategies({ none, a: none }), 'cold-start')).toBe(
      'Without protection goodput fell to 20% and was not back 5 s after the cold start; with no other strategy was it back by the storm’s end.',
    );
    const many = strategies({ none, a: none, b: none, c: none, d: none, e: fell(1, 0, 0) });
    expect(answerOf(many, 'flush')).toContain('; with 4 others it was not back either.');
    expect(answerOf(strategies({ none: fell(1, 0, 0) }), 'flush')).toBe(
      'Without protection goodput stayed at 100% through the flush.',
    );
  });
});

describe('of a cache with room for a part', () => {
  const held = (hits: number, share: number, refused = 0): Values => ({
    'cache.hitRate': hits,
    'cache.optimalHitRate': 0.7814,
    'cache.optimumShare': share,
    'cache.entries': 1_250,
    'cache.refusedWrites': refused,
    'recovery.worstGoodput': 1,
    'recovery.to95Ms': 0,
    'recovery.lost': 0,
    'recovery.stuck': 0,
    'db.reads': 7_000,
    'latency.response.p99': 25,
  });
  const found = strategies({
    noeviction: held(0.6731, 0.862, 6_440),
    'noeviction-again': held(0.9, 1),
    'allkeys-random': held(0.624, 0.799),
    'allkeys-lru': held(0.669, 0.855),
    'volatile-ttl': held(0.62, 0.79),
    'allkeys-lfu': held(0.696, 0.8918),
  });

  test('hits beside the best possible, refusals, and who is last', () => {
    const answer =
      'With noeviction 67.3% of lookups hit and Redis refused 6,440 writes, where the best possible cache of 1,250 entries has 78.1%; with allkeys-lfu 69.6% (89.2% of the best), allkeys-lru 66.9% (85.5% of the best) and allkeys-random 62.4% (79.9% of the best); at the other end, volatile-ttl had 62% (79% of the best).';
    expect(answerOf(found, 'cold-start')).toBe(answer);
    expect(answerOf(found, null)).toBe(answer);
  });

  test('a fault is what a storm is about', () => {
    expect(answerOf(found, 'flush')).toContain('goodput stayed at 100% through the flush');
  });

  test('of the baseline alone, and where the best is not known', () => {
    expect(answerOf(found.slice(0, 1), null)).toBe(
      'With noeviction 67.3% of lookups hit and Redis refused 6,440 writes, where the best possible cache of 1,250 entries has 78.1%.',
    );
    const { 'cache.optimalHitRate': _, ...unknown } = held(0.6, 0.8);
    expect(answerOf(strategies({ noeviction: unknown }), null)).toContain('7,000 database queries');
  });
});

describe('of writes and copies', () => {
  const served = (reads: number, cachedMs: number, staleShare: number, staleMs: number): Values => ({
    'db.reads': reads,
    'latency.cached.p50': cachedMs,
    'staleness.readRate': staleShare,
    'staleness.maxMs': staleMs,
  });

  test('the database’s reads, the time of a cached answer and what was stale, the freshest first', () => {
    const found = strategies({
      redis: served(113, 1.76, 0, 0),
      local: served(1_146, 0.71, 0.106, 904),
      'two-level-ttl': served(69, 1.2, 0.102, 1_126),
      'two-level': served(82, 1.1, 0.0004, 3),
      'redis-again': served(1, 0.1, 0, 0),
    });
    expect(answerOf(found, null)).toBe(
      'With redis the database was read 113 times, a cached answer took 1.76 ms and none of the reads was stale; with two-level 82 times, 1.1 ms and less than 1% stale, by up to 3 ms; with two-level-ttl 69 times, 1.2 ms and 10% stale, by up to 1.1 s; with local 1,146 times, 0.71 ms and 11% stale, by up to 904 ms.',
    );
  });

  test('of a baseline that is stale itself, and one who was not measured in every round', () => {
    const found = strategies({ redis: served(113, 2, 0.004, 454), mine: { 'db.reads': 5 } });
    expect(answerOf(found, null)).toBe(
      'With redis the database was read 113 times, a cached answer took 2 ms and less than 1% of the reads were stale, by up to 454 ms; with mine 5 times, an unknown time and an unknown share was stale.',
    );
  });
});

describe('of writes whose history was kept', () => {
  const written = (staleShare: number, divergent: number | readonly number[], more: Values = {}): Values => ({
    'staleness.readRate': staleShare,
    'staleness.maxMs': staleShare * 10_000,
    'consistency.divergentKeys': divergent,
    'consistency.lostUpdates': 0,
    'writes.latency.response.p50': 5,
    ...more,
  });

  test('what was stale, who was free of it, and who left most wrong or lost', () => {
    const found = strategies({
      'cache-aside': written(0.014, [0, 0, 0]),
      versioned: written(0, 0),
      lease: written(0, 0, { 'writes.latency.response.p50': 4 }),
      'double-write': written(0.05, [2, 9, 4]),
      'cache-first': written(0.05, 3),
      'write-behind': written(0, 0, { 'consistency.lostUpdates': 1 }),
    });
    expect(answerOf(found, 'kill')).toBe(
      'With cache-aside 1% of the reads were stale, by up to 140 ms, and no row was wrong in the end; nothing was stale, wrong or lost with lease and versioned; double-write left up to 9 rows wrong until they expire, the most of 2 who did; write-behind lost 1 acknowledged write.',
    );
  });

  test('a row that is wrong in one round is wrong, whatever the median', () => {
    const found = strategies({ 'cache-aside': written(0, [0, 0, 1]), mine: written(0, [0, 0, 2]) });
    expect(answerOf(found, null)).toBe(
      'With cache-aside no read was stale, and up to 1 row was wrong in the end; mine left up to 2 rows wrong until they expire.',
    );
  });

  test('one row expires, several do', () => {
    const found = strategies({ 'cache-aside': written(0, 0), mine: written(0, [0, 0, 1]) });
    expect(answerOf(found, null)).toContain('mine left up to 1 row wrong until it expires.');
  });

  test('many that are free of fault are counted', () => {
    const clean = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, written(0, 0)]));
    expect(answerOf(strategies({ 'cache-aside': written(0.5, 1), ...clean }), null)).toContain(
      'nothing was stale, wrong or lost with a, b, c and 2 more',
    );
  });
});
