import { evictionPolicies } from '../../scenarios/strategies/eviction-policy.ts';
import type { CacheOutcome } from '../../scenarios/strategies/strategy.ts';

/** What each strategy promises about the loads of a herd; the contract suite holds it to that. */
export interface Promised {
  /** Loads when 25 readers in each of 2 processes miss one key together. */
  readonly herd: number;
  /**
   * Loads of one process that fills while a reader of another has missed, and not yet loaded. Only a lock looks again.
   * Absent where whoever misses has the lock by that: nobody can fill meanwhile.
   */
  readonly latecomer?: number;
  /** Whether it keeps an entry for a row that does not exist. @default false */
  readonly remembersAbsence?: boolean;
  /** How a second reader of the process is answered. @default 'hit' */
  readonly again?: CacheOutcome;
  /** Whether it keeps its entries in Redis. @default true */
  readonly inRedis?: boolean;
  /** Parameters for the suite, which starts with an empty cache: one that fills it beforehand fills nothing. */
  readonly parameters?: Readonly<Record<string, number>>;
}

export const promises: Readonly<Record<string, Promised>> = {
  none: { herd: 50, latecomer: 2 },
  'single-flight': { herd: 2, latecomer: 2 },
  mutex: { herd: 1, latecomer: 1 },
  'logical-expiry': { herd: 1, latecomer: 1 },
  'mutex+single-flight': { herd: 1, latecomer: 1 },
  lease: { herd: 1, latecomer: 1 },
  // What was never there can't be renewed early.
  xfetch: { herd: 50, latecomer: 2 },
  'xfetch-beta-0.5': { herd: 50, latecomer: 2 },
  'xfetch-beta-2': { herd: 50, latecomer: 2 },
  'xfetch-beta-4': { herd: 50, latecomer: 2 },
  'xfetch+lock': { herd: 1, latecomer: 1 },
  'refresh-ahead': { herd: 2, latecomer: 2 },
  'hot-key-l1': { herd: 2, latecomer: 2 },
  'null-cache': { herd: 2, latecomer: 2, remembersAbsence: true },
  'bloom-filter': { herd: 50, latecomer: 2 },
  'bloom-filter-redis': { herd: 50, latecomer: 2 },
  'cuckoo-filter': { herd: 50, latecomer: 2 },
  'null-cache+bloom-filter': { herd: 2, latecomer: 2 },
  'key-validation': { herd: 50, latecomer: 2 },
  'rate-limit': { herd: 50, latecomer: 2 },
  'ttl-jitter': { herd: 50, latecomer: 2 },
  'two-level': { herd: 2, latecomer: 2 },
  'two-level-ttl': { herd: 2, latecomer: 2, again: 'l1' },
  local: { herd: 2, latecomer: 2, again: 'l1', inRedis: false },
  'stale-if-error': { herd: 2, latecomer: 2 },
  // 20 and 16 at once in each process; the others wait, look again and find it.
  'concurrency-limit': { herd: 40, latecomer: 2 },
  'adaptive-limit': { herd: 32, latecomer: 2 },
  'circuit-breaker': { herd: 50, latecomer: 2 },
  'warm-up': { herd: 50, latecomer: 2, parameters: { maxKeys: 0 } },
  rewarm: { herd: 50, latecomer: 2, parameters: { maxKeys: 0 } },
  'rewarm+limit': { herd: 40, latecomer: 2, parameters: { maxKeys: 0 } },
  'jitter+limit+stale': { herd: 2, latecomer: 2 },
  'drop-late': { herd: 50, latecomer: 2 },
  'drop-late+single-flight': { herd: 2, latecomer: 2 },
  // Who waited does not look again.
  'drop-late+queue': { herd: 50, latecomer: 2 },
  'cache-aside+lease': { herd: 1, latecomer: 1 },
  versioned: { herd: 50, latecomer: 2 },
  'versioned-double-write': { herd: 50, latecomer: 2 },
  'tag-as-deleted': { herd: 1 },
  'tag-as-deleted-weak': { herd: 1 },
  ...Object.fromEntries(evictionPolicies.map((policy) => [policy, { herd: 50, latecomer: 2 }])),
};
