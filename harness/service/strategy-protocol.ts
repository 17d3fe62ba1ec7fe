/** How a process that carries out a strategy, or a part of it, is configured and spoken with. */
import type { BarrierName } from '../../scenarios/strategies/strategy.ts';

export interface StrategyConfig {
  /** Name of a built-in strategy, or the absolute path of a file that exports one. */
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ttlMs: number;
  readonly queryMs: number;
  readonly poolSize: number;
  /** Mean of the time by which each step of the strategy is put off; 0: not at all. */
  readonly stepDelayMs: number;
  /** Prefix of every Redis key that the services write. */
  readonly keyPrefix: string;
  /** Prefix of the names of the strategy's queues. @default `cachestorm.` */
  readonly queuePrefix?: string;
  readonly seed: number;
  /** Where the account is kept that is left when the process is killed. @default none is kept */
  readonly accountFile?: string;
}

/** Where the process finds the servers; the contract fixes it for services in any language. */
export interface ServerEnvironment {
  readonly REDIS_URL: string;
  readonly MYSQL_URL: string;
  /** Only where the strategy declares a queue. */
  readonly AMQP_URL?: string;
}

/** Harness to process. */
export type StrategyCommand =
  | { readonly type: 'report' }
  /** What the process measures of itself counts from now on. */
  | { readonly type: 'storm-starts' }
  /** Stop whoever comes to this barrier from now on, and say so once. */
  | { readonly type: 'hold'; readonly barrier: BarrierName }
  /** Let go on whoever is held, and hold nobody any more. */
  | { readonly type: 'release' };

/** Process to harness. */
export type StrategyMessage<Report> =
  | { readonly type: 'report'; readonly report: Report }
  /** The first is stopped at the barrier. */
  | { readonly type: 'held' }
  | { readonly type: 'released' };
