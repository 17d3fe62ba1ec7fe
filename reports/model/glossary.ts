/** The project's words, one name for one thing, with the Chinese terms of the literature. */

export interface Term {
  readonly term: string;
  /** Traditional Chinese, where the field has a fixed term. */
  readonly chinese?: string;
  readonly meaning: string;
}

export const GLOSSARY: readonly Term[] = [
  {
    term: 'penetration',
    chinese: '緩存穿透',
    meaning: 'requests for keys that exist nowhere pass through the cache to the database',
  },
  {
    term: 'breakdown',
    chinese: '緩存擊穿',
    meaning: 'one hot key expires and its readers stampede to the database',
  },
  {
    term: 'avalanche',
    chinese: '緩存雪崩',
    meaning: 'many keys vanish at once: the same expiry, a flush, a cache outage',
  },
  {
    term: 'eviction',
    chinese: '內存淘汰',
    meaning: 'a cache whose memory is full gives up an entry, by a policy',
  },
  { term: 'double write', chinese: '雙寫', meaning: 'the application writes database and cache itself' },
  {
    term: 'write-behind',
    chinese: '異步寫回',
    meaning: 'write the cache now and the database later, through a queue',
  },
  { term: 'CDC', meaning: "follow the database's binary log (binlog) and refresh the cache from it" },
  {
    term: 'load',
    chinese: '回源',
    meaning: 'one query that reached the database to fill or bypass the cache',
  },
  { term: 'hot key', chinese: '熱點鍵', meaning: 'a key that draws a large share of all requests' },
  { term: 'expiry', chinese: '過期', meaning: "the end of an entry's time to live" },
  { term: 'hit ratio', chinese: '命中率', meaning: 'the share of cache lookups that found an entry' },
  { term: 'DB hit rate', meaning: 'the share of requests that reached the database; lower protects better' },
  {
    term: 'single flight',
    chinese: '請求合併',
    meaning: 'concurrent loads of a key in one process share one query',
  },
  {
    term: 'mutex',
    chinese: '互斥鎖',
    meaning: 'a lock in the cache: one process loads, the others wait or retry',
  },
  {
    term: 'logical expiry',
    chinese: '邏輯過期',
    meaning: 'entries never expire in the cache; a stale one is served while one reader refreshes it',
  },
  {
    term: 'Bloom filter',
    chinese: '布隆過濾器',
    meaning: 'a small set that never misses a key and sometimes invents one',
  },
  {
    term: 'L1',
    chinese: '本地緩存',
    meaning: 'the first level: a cache in the memory of the process, before the shared one (L2) or alone',
  },
  {
    term: 'stale read',
    meaning: 'a read answered with an older version of a row than one acknowledged before the read was sent',
  },
  {
    term: 'acknowledged',
    meaning: 'of a write: its writer has been told that it is done',
  },
  {
    term: 'dirty read',
    chinese: '髒讀',
    meaning: 'a read that returned a value which the database never committed',
  },
  {
    term: 'lost update',
    chinese: '丟失更新',
    meaning: 'a write that was acknowledged and that the database never committed',
  },
  {
    term: 'divergent key',
    meaning: 'a key whose cache entry is not what the database holds, when all is quiet',
  },
  {
    term: 't-visibility',
    meaning: 'how likely a read that is sent so long after a write’s acknowledgement sees it',
  },
  {
    term: 'nines',
    meaning:
      'how often 9 stands in a share of what is good: three for 99.9 %. So many reads without a bad one support no more than 1 − 3 / their number',
  },
  {
    term: 'Gamma',
    meaning:
      'by how much time a row’s operations would have to be moved apart to be linearizable; 0: clients can’t tell the cache from a single copy, whichever of two writes at the same time that has kept',
  },
  {
    term: 'linearizable',
    chinese: '線性一致',
    meaning:
      'every read fits a single copy of the row in which each write happened at one moment between its sending and its answer',
  },
  {
    term: 'relay',
    meaning:
      'a process beside the service that carries changes to the cache or to the database: a queue’s consumer, a follower of the binary log',
  },
  {
    term: 'trigger',
    meaning: 'what sets a storm off: a fault, a common expiry, a cold start; recovery is counted from it',
  },
  { term: 'capacity', meaning: 'queries per second that the modelled database can answer' },
  { term: 'goodput', meaning: 'the fraction of offered requests answered right and in time' },
  { term: 'p99', meaning: '99 of 100 requests were at least this fast' },
  {
    term: 'bound',
    meaning: 'the interval that theory allows for a number; the measurement is held against it',
  },
  {
    term: 'threshold',
    meaning: 'a limit that the user sets for a number; broken, it fails the run',
  },
  {
    term: 'claim',
    meaning: 'what people say of caches, held against what was measured; refuted, it fails nothing',
  },
  {
    term: 'equivalent',
    meaning: 'not merely "no difference seen": the interval lies inside the margin that counts as the same',
  },
  {
    term: 'interval',
    meaning:
      'the values that the rounds leave possible for the true one, with the confidence that so many rounds reach',
  },
  {
    term: 'baseline',
    meaning:
      'the unprotected cache that every strategy is compared with; its own bound says how bad it should be',
  },
  {
    term: 'noise floor',
    meaning: 'how far the baseline differs from itself; what differs less than that is noise',
  },
  {
    term: 'A/A',
    meaning: 'the baseline compared with itself, under two names, in the same random order as all others',
  },
  { term: 'strategy', meaning: 'a contender: a way to read or to write through the cache' },
  { term: 'storm', meaning: 'the load and the faults of a scenario, together' },
  { term: 'trial', meaning: 'one strategy, once, on fresh processes, a flushed cache and zeroed counters' },
  { term: 'round', meaning: 'one trial of every strategy, in a seeded random order' },
  {
    term: 'open loop',
    meaning: 'requests are sent on a schedule, whether or not earlier ones were answered, as users do',
  },
  { term: 'closed loop', meaning: 'each connection waits for its answer before it sends again' },
  { term: 'held', meaning: 'every bound and threshold held, and no mitigation failed to protect' },
  { term: 'failed', meaning: 'a bound or threshold was broken, or a mitigation did not protect' },
  { term: 'inconclusive', meaning: 'the measurement can’t be trusted, or nothing was observed; not a pass' },
];

export function findTerm(term: string): Term | undefined {
  const wanted = term.toLowerCase();
  return GLOSSARY.find((entry) => entry.term.toLowerCase() === wanted);
}
