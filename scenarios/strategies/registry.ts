import { adaptiveLimit } from './read/adaptive-limit.ts';
import { bloomFilter } from './read/bloom-filter.ts';
import { bloomFilterRedis } from './read/bloom-filter-redis.ts';
import { circuitBreaker } from './read/circuit-breaker.ts';
import { concurrencyLimit } from './read/concurrency-limit.ts';
import { cuckooFilter } from './read/cuckoo-filter.ts';
import { dropLate, dropLateQueue, dropLateSingleFlight } from './read/drop-late.ts';
import { readsUnderEviction } from './read/eviction-policies.ts';
import { hotKeyL1 } from './read/hot-key-l1.ts';
import { jitterLimitStale } from './read/jitter-limit-stale.ts';
import { keyValidation } from './read/key-validation.ts';
import { lease } from './read/lease.ts';
import { local } from './read/local.ts';
import { logicalExpiry } from './read/logical-expiry.ts';
import { mutex } from './read/mutex.ts';
import { mutexSingleFlight } from './read/mutex-single-flight.ts';
import { none } from './read/none.ts';
import { nullCache } from './read/null-cache.ts';
import { nullCacheBloomFilter } from './read/null-cache-bloom-filter.ts';
import { rateLimit } from './read/rate-limit.ts';
import { refreshAhead } from './read/refresh-ahead.ts';
import { rewarm } from './read/rewarm.ts';
import { rewarmLimit } from './read/rewarm-limit.ts';
import { singleFlight } from './read/single-flight.ts';
import { staleIfError } from './read/stale-if-error.ts';
import { ttlJitter } from './read/ttl-jitter.ts';
import { twoLevel } from './read/two-level.ts';
import { twoLevelTtl } from './read/two-level-ttl.ts';
import { warmUp } from './read/warm-up.ts';
import { xfetch, xfetchAtOtherBetas } from './read/xfetch.ts';
import { xfetchLock } from './read/xfetch-lock.ts';
import type { ReadStrategyDefinition } from './strategy.ts';
import { binlogs } from './write/binlog.ts';
import { cacheAside } from './write/cache-aside.ts';
import { cacheAsideLease } from './write/cache-aside-lease.ts';
import { delayedDoubleDelete } from './write/delayed-double-delete.ts';
import { deleteThenUpdate } from './write/delete-then-update.ts';
import { doubleWriteBoth } from './write/double-write-both.ts';
import { doubleWriteCacheFirst } from './write/double-write-cache-first.ts';
import { doubleWriteDbFirst } from './write/double-write-db-first.ts';
import { messageQueues } from './write/message-queue.ts';
import { outbox } from './write/outbox.ts';
import { tagAsDeleted, tagAsDeletedWeak } from './write/tag-as-deleted.ts';
import { versioned, versionedDoubleWrite } from './write/versioned.ts';
import { writeBehind } from './write/write-behind.ts';
import { writeBehindInterval } from './write/write-behind-interval.ts';
import { writeThrough } from './write/write-through.ts';
import type { WriteStrategyDefinition } from './write-strategy.ts';

/** The built-in read strategies, baseline first. */
export const readStrategies: readonly ReadStrategyDefinition[] = [
  none,
  singleFlight,
  mutex,
  logicalExpiry,
  mutexSingleFlight,
  lease,
  xfetch,
  ...xfetchAtOtherBetas,
  xfetchLock,
  refreshAhead,
  hotKeyL1,
  nullCache,
  bloomFilter,
  bloomFilterRedis,
  cuckooFilter,
  nullCacheBloomFilter,
  keyValidation,
  rateLimit,
  ttlJitter,
  twoLevel,
  twoLevelTtl,
  local,
  staleIfError,
  concurrencyLimit,
  adaptiveLimit,
  circuitBreaker,
  warmUp,
  rewarm,
  rewarmLimit,
  jitterLimitStale,
  dropLate,
  dropLateSingleFlight,
  dropLateQueue,
  ...readsUnderEviction,
];

/** The built-in write strategies, the usual one first. */
export const writeStrategies: readonly WriteStrategyDefinition[] = [
  cacheAside,
  cacheAsideLease,
  deleteThenUpdate,
  delayedDoubleDelete,
  doubleWriteDbFirst,
  doubleWriteCacheFirst,
  doubleWriteBoth,
  writeThrough,
  versioned,
  versionedDoubleWrite,
  tagAsDeleted,
  tagAsDeletedWeak,
  ...messageQueues,
  outbox,
  ...binlogs,
  writeBehind,
  writeBehindInterval,
];
