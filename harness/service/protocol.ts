/** How the built-in service is configured and what it tells the harness beside its HTTP contract. */

import type { BarrierName, StrategyCounters } from '../../scenarios/strategies/strategy.ts';
import type { QueueCounters } from '../queue/counters.ts';

export interface ServiceConfig {
  /** Name of a built-in strategy, or the absolute path of a file that exports one. */
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ttlMs: number;
  readonly queryMs: number;
  readonly poolSize: number;
  /** Mean of the time by which each step of the strategy is put off; 0: not at all. */
  readonly stepDelayMs: number;
  /** Prefix of every Redis key that the service writes. */
  readonly keyPrefix: string;
  /** Prefix of the names of its queues. @default `cachestorm.` */
  readonly queuePrefix?: string;
  readonly seed: number;
  /** Where the account is kept that is left when the process is killed. @default none is kept */
  readonly accountFile?: string;
}

/**
 * Environment of a service process, as design fixes it for services in any language; ours takes its
 * strategy options as JSON in one more variable.
 */
export interface ServiceEnvironment {
  readonly PORT: string;
  readonly REDIS_URL: string;
  readonly MYSQL_URL: string;
  /** Only where the strategy declares a queue. */
  readonly AMQP_URL?: string;
  readonly CACHESTORM_SERVICE: string;
}

/** The service's own account of a trial, held against the servers' counters. */
export interface ServiceReport {
  /** Statements sent to the database since the process started. */
  readonly dbReads: number;
  readonly dbWrites: number;
  /** Loads that wait for a connection or an answer right now. */
  readonly dbInFlight: number;
  readonly dbErrors: number;
  /** Slowest load, waiting for a connection of the pool included. */
  readonly slowestLoadMs: number;
  /** Rows asked for since the process started, by the family of their key (`item`, `missing`, `endless`, `new`). */
  readonly askedByFamily?: Readonly<Record<string, number>>;
  /** Of all loads together; by their number the mean. */
  readonly totalLoadMs: number;
  readonly backgroundErrors: number;
  /** What only the strategy can count, where it does. */
  readonly counters?: StrategyCounters;
  /** Of its messages, where the strategy publishes. */
  readonly queue?: QueueCounters;
  /** CPU time of the process since it started. */
  readonly cpuUs: number;
  /** How late its event loop came round since `storm-starts` was last said; another service may not say it. */
  readonly eventLoopDelayMs?: { readonly p99: number; readonly max: number };
}

/** What a process holds after a storm. */
export interface ServiceMemory {
  /** Its heap after a full garbage collection, and what that refers to outside of it: what it needs. */
  readonly liveBytes: number;
  /** What the system has given it, garbage included. */
  readonly residentBytes: number;
}

/** Harness to service. */
export type ServiceCommand =
  | { readonly type: 'report' }
  | { readonly type: 'storm-starts' }
  /** The storm is long over: drop the loads that still wait for a connection. */
  | { readonly type: 'abandon' }
  /** Collect the garbage, and say what is left. */
  | { readonly type: 'memory' }
  /** Put all rows into the cache, by the strategy's own hand. */
  | { readonly type: 'preload' }
  /** Stop whoever comes to this barrier from now on, and say so once. */
  | { readonly type: 'hold'; readonly barrier: BarrierName }
  /** Let go on whoever is held, and hold nobody any more. */
  | { readonly type: 'release' };

/** Service to harness. */
export type ServiceMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'report'; readonly report: ServiceReport }
  | { readonly type: 'memory'; readonly memory: ServiceMemory }
  | { readonly type: 'preloaded' }
  /** The first is stopped at the barrier. */
  | { readonly type: 'held' }
  | { readonly type: 'released' }
  /** It could not carry out a command. */
  | { readonly type: 'error'; readonly message: string };
