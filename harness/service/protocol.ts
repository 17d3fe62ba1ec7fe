/** How the built-in service is configured and what it tells the harness beside its HTTP contract. */

import type { StrategyCounters } from '../../scenarios/strategies/strategy.ts';
import type { QueueCounters } from '../queue/counters.ts';
import type { StrategyCommand, StrategyMessage } from './strategy-protocol.ts';

/** The service's own account of a trial, held against the servers' counters. */
export interface ServiceReport {
  /** Statements sent to the database since the process started. */
  readonly dbReads: number;
  readonly dbWrites: number;
  /** Loads that wait for a connection or an answer right now. */
  readonly dbInFlight: number;
  readonly dbErrors: number;
  /** The same by the driver's code, such as `ER_CON_COUNT_ERROR`; absent from samples of earlier versions. */
  readonly dbErrorCodes?: Readonly<Record<string, number>>;
  /** Slowest load since `storm-starts` was last said, waiting for a connection of the pool included. */
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
  | StrategyCommand
  /** The storm is long over: drop the loads that still wait for a connection. */
  | { readonly type: 'abandon' }
  /** Collect the garbage, and say what is left. */
  | { readonly type: 'memory' }
  /** Put all rows into the cache, by the strategy's own hand. */
  | { readonly type: 'preload' };

/** Service to harness. */
export type ServiceMessage =
  | StrategyMessage<ServiceReport>
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'memory'; readonly memory: ServiceMemory }
  /** Some more rows are in the cache. */
  | { readonly type: 'preloading' }
  | { readonly type: 'preloaded' }
  /** It could not carry out a command. */
  | { readonly type: 'error'; readonly message: string };
