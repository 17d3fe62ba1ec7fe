/**
 * The contracts of a contender: what a strategy declares about itself, and what it may touch.
 *
 * A strategy file holds one exported definition. Nothing here does I/O, so that a strategy outside the
 * repository needs only types from it:
 *
 *     import type { ReadStrategyDefinition } from 'cachestorm';
 *     export default { kind: 'read', name: 'mine', ... } satisfies ReadStrategyDefinition;
 */
import type { Redis } from 'ioredis';
import type { EvictionPolicy } from './eviction-policy.ts';
import type { Prediction, TheoryInput } from './prediction.ts';

/** One row of the dataset, as the database holds it. */
export interface Item {
  readonly id: string;
  readonly value: string;
  /**
   * Counted up by the database, one per committed write of the row; the first is 1. 0 in an entry whose writer did not
   * know it: a cache that is written before the database.
   */
  readonly version: number;
  /**
   * Unix milliseconds just before the database was asked for this row, so its age is never understated.
   * Set by the origin; a strategy stores and returns it untouched.
   */
  readonly loadedAtMs: number;
}

/** How a read was answered. `stale`: an entry past its time to live; `l1`: the process's own memory; `shed`: refused. */
export type CacheOutcome = 'hit' | 'miss' | 'stale' | 'null' | 'l1' | 'shed';

export interface ReadResult {
  /** `null`: the database has no such row, or the read was refused (`shed`). */
  readonly item: Item | null;
  readonly outcome: CacheOutcome;
  /**
   * Why a read was `shed`. `overload`: there is no room for its query (503); `client-limit`: this client asks
   * for too much (429).
   *
   * @default 'overload'
   */
  readonly refusal?: 'overload' | 'client-limit';
}

/** Who reads. */
export interface ReadRequest {
  /** What the client calls itself in the header `x-client-id`; its address when it does not. */
  readonly client: string;
  /** Aborted once the client has hung up, for instance at its timeout: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The database, as a strategy sees it. Every call is a query that the database's own counters see too. */
export interface Origin {
  /**
   * Reads one row and pays the modelled query cost. Waits for a connection of the bounded pool first.
   *
   * @throws OriginError when the database can't be reached or refuses the query.
   */
  load(key: string): Promise<Item | null>;
  /**
   * Reads several rows in one query, which costs as much as one. Rows that do not exist are left out.
   *
   * @throws OriginError as `load`
   */
  loadMany(keys: readonly string[]): Promise<readonly Item[]>;
  /**
   * The keys of all rows, in their order, a query for each batch: what a filter is built from. It pays no
   * modelled cost: no user waits for it.
   *
   * @param batch Keys a query. @default 5000
   * @throws OriginError as `load`
   */
  keys(batch?: number): AsyncIterable<readonly string[]>;
  /**
   * Writes one row and resolves with its new version once it is committed.
   *
   * @throws OriginError when it was not: refused, rolled back, or nobody knows because the connection broke.
   */
  store(key: string, value: string, options?: StoreOptions): Promise<number>;
}

export interface StoreOptions {
  /**
   * Called with the new version while the row is locked and nothing is committed; a rejection rolls back. Writers of
   * one row take turns here.
   */
  readonly beforeCommit?: (version: number) => Promise<void>;
  /** Leaves the change in the outbox too, in the same transaction. @default false */
  readonly outbox?: boolean;
}

/** The points at which a test or a scenario can hold, delay or crash a strategy, so that races happen by schedule. */
export type BarrierName =
  | 'afterCacheMiss'
  | 'afterLockAcquired'
  | 'beforeDbRead'
  | 'afterDbRead'
  | 'beforeCacheSet'
  | 'afterCacheSet'
  | 'beforeDbWrite'
  | 'beforeDbCommit'
  | 'afterDbCommit'
  | 'beforeCacheDelete'
  | 'afterCacheDelete'
  | 'beforeSecondDelete'
  | 'afterSecondDelete'
  | 'beforePublish'
  | 'afterPublish'
  | 'beforeApply';

/** Time and randomness as a strategy may use them. */
export interface StrategyClock {
  /** Unix milliseconds: the only clock that entries shared between machines can be stamped with. */
  wallMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface StrategyRandom {
  /** A float in [0, 1). */
  next(): number;
}

/** Everything a strategy may touch. One context lives as long as its service process. */
export interface StrategyContext {
  readonly redis: Redis;
  readonly origin: Origin;
  readonly clock: StrategyClock;
  readonly random: StrategyRandom;
  /** Aborted when the service shuts down: background work ends with it. */
  readonly signal: AbortSignal;
  /** The time to live that the scenario gives a cache entry, in milliseconds. */
  readonly ttlMs: number;
  /**
   * The Redis key of an item's cache entry. The harness watches this key to see entries written and
   * expired; a strategy that keeps its entry elsewhere can't be judged per expiry.
   */
  entryKey(key: string): string;
  /** The Redis key of something else that the strategy keeps for an item, such as a lock. */
  sideKey(purpose: string, key: string): string;
  /** Resolves at once unless a test or a scenario holds this point. */
  barrier(name: BarrierName, key: string): Promise<void>;
  /** Reports work that failed after its request was already answered, so that it is counted, not lost. */
  onBackgroundError(error: unknown): void;
}

export interface ReadStrategy {
  get(key: string, request: ReadRequest): Promise<ReadResult>;
  /** Called once, before the first request: builds a filter, warms a cache, subscribes. */
  start?(): Promise<void>;
  /** Called after a row was written through this very process and its write strategy is done. */
  written?(key: string): Promise<void>;
  /**
   * Puts rows into the cache without a load of its own, as if it had just loaded them: how a scenario, or a
   * nightly job, fills a cache in one go.
   */
  preload?(items: readonly Item[]): Promise<void>;
  /** What only the strategy itself can count, since its process started. */
  counters?(): StrategyCounters;
}

export interface StrategyCounters {
  /** Loads that renewed an entry which nobody has read since. */
  readonly wastedRefreshes?: number;
}

export type ParameterUnit = 'ms' | 'count' | 'fraction' | 'bytes' | 'ratio';

/** A number that a user may set, as `strategies.<name>.<parameter>`. */
export interface Parameter {
  readonly unit: ParameterUnit;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly description: string;
}

export type ParameterValues<P extends string = string> = Readonly<Record<P, number>>;

export interface StrategyDescription<P extends string> {
  /** Kebab-case; what `--strategy` takes. */
  readonly name: string;
  /** The idea, in one sentence. */
  readonly idea: string;
  /** Where it comes from: a paper, a manual, a book. */
  readonly source: string;
  /** What it is known not to do. */
  readonly weakness: string;
  readonly parameters: Readonly<Record<P, Parameter>>;
}

/** How an entry ends; see `expiry` of a strategy. */
export type ExpiryKind = 'physical' | 'logical' | 'early';

/** A way to read through the cache. */
export interface ReadStrategyDefinition<P extends string = string> extends StrategyDescription<P> {
  readonly kind: 'read';
  /**
   * How an entry ends. `physical`: Redis drops it after the time to live. `logical`: it stays readable and
   * only counts as expired, so the harness derives the expiries from when it was written. `early`: it is
   * renewed before Redis drops it, so each renewal counts as an expiry: the loads that had started before the
   * first of them wrote the entry.
   */
  readonly expiry: ExpiryKind;
  /**
   * The `maxmemory-policy` that Redis has while this contender runs, in a scenario that limits the memory
   * (`cache.roomBytes`).
   *
   * @default the scenario's `cache.evictionPolicy`
   */
  readonly evictionPolicy?: EvictionPolicy;
  /** Theory's predictions for this strategy; the report shows them beside what was measured. */
  predict(input: TheoryInput): readonly Prediction[];
  create(context: StrategyContext, parameters: ParameterValues<P>): ReadStrategy;
}
