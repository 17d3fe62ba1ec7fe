/** The contract of a relay: a process beside the services that carries changes to the cache or to the database. */
import type { Redis } from 'ioredis';
import type { BarrierName, Origin, StrategyClock, StrategyRandom } from './strategy.ts';

/** A relay at work. One lives in each relay process. */
export interface Relay {
  /** Resolves once it takes part: whatever is written from then on reaches it. It works until `signal` is aborted. */
  start(): Promise<void>;
  /**
   * Changes that still wait for it in a place of its own, beyond queue, outbox and log, which are known.
   *
   * @default none
   */
  waiting?(): Promise<number>;
}

/** Everything that a relay may touch. */
export interface RelayContext {
  readonly redis: Redis;
  /** The database, by a user of the relays' own: what they ask of it is counted apart. */
  readonly origin: Origin;
  /** The messages that the write strategy published. Only where it declares a `queue`. */
  readonly queue: MessageSource;
  /** Changes that writers left in the outbox (`StoreOptions.outbox`). */
  readonly outbox: Outbox;
  /** The database's binary log. */
  readonly changes: ChangeLog;
  readonly clock: StrategyClock;
  /** Monotonic microseconds of the machine: what `RowChange.storedAtUs` is. */
  nowUs(): number;
  readonly random: StrategyRandom;
  readonly signal: AbortSignal;
  readonly ttlMs: number;
  entryKey(key: string): string;
  sideKey(purpose: string, key: string): string;
  barrier(name: BarrierName, key: string): Promise<void>;
  /**
   * A change is where it was meant to go. Counts it, its lag, which is the time since `storedAtUs`, and whether a newer
   * one of its row was there before.
   *
   * @param change as the message, the outbox or the log brought it
   */
  applied(change: RowChange): void;
  onBackgroundError(error: unknown): void;
}

/** A write on its way, as queues and outboxes carry it. */
export interface RowChange {
  readonly key: string;
  readonly value: string;
  /** `null` where the database has not assigned one yet (write-behind). */
  readonly version: number | null;
  /** Monotonic microseconds of the machine, just before the write was sent to whoever keeps it first. */
  readonly storedAtUs: number;
}

/** Publishing, for write strategies and for relays that pass changes on. */
export interface MessageSink {
  /**
   * Publishes a message and resolves once the broker has taken it in and routed it to a queue.
   *
   * @throws QueueError (`E_QUEUE`) when the broker can't be reached, refuses it, can't route it or does not answer
   *   in time: it may be in the queue nevertheless
   */
  publish(change: RowChange): Promise<void>;
}

export interface MessageSource extends MessageSink {
  /**
   * Hands out messages one after the other, and acknowledges each when `handle` resolves. What it rejects is tried
   * again after a pause: in its place where the shape promises an order, by whoever takes it from the queue where it
   * does not. Comes back after a lost connection. At least once: a message may come again.
   *
   * Resolves once it is subscribed.
   */
  consume(handle: (change: RowChange, delivery: Delivery) => Promise<void>): Promise<void>;
}

export interface Delivery {
  /** The broker has handed it out before. */
  readonly redelivered: boolean;
}

/** How the messages of a strategy are kept and dealt out. */
export interface QueueShape {
  /** Relay processes that consume. */
  readonly consumers: number;
  /**
   * `none`: whoever is free takes the next message, so two of one key may be handled at once or in another order.
   * `by-key`: a consistent hash gives each consumer its own keys. `single-active`: one consumes, the others stand by.
   */
  readonly order: 'none' | 'by-key' | 'single-active';
  /** Messages that a consumer has in hand unacknowledged at most. */
  readonly prefetch: number;
  /** Whether queue and messages outlive the broker's restart. */
  readonly durable: boolean;
}

/** The table in which writers leave their changes, in the transaction that makes them. */
export interface Outbox {
  /** The oldest changes that are there, oldest first; of a key always in the order of its versions. */
  take(limit: number): Promise<readonly OutboxEntry[]>;
  remove(ids: readonly number[]): Promise<void>;
}

export interface OutboxEntry extends RowChange {
  readonly id: number;
}

/** Row changes as the database's binary log tells them: all that were committed, in the order of their commits. */
export interface ChangeLog {
  /**
   * Follows the log from where this relay had got to, and from now when it is new; over crashes and lost connections.
   *
   * Hands out what has arrived, some rows at a time and the next when `apply` has resolved; then the position is
   * saved. At least once: after a crash the last rows come again.
   *
   * Resolves once it is connected.
   */
  follow(apply: (changes: readonly RowChange[]) => Promise<void>): Promise<void>;
}
