/** How a relay process is configured, and what it tells the harness. */
import type { ChangeLogStatus } from '../change-log/change-log.ts';
import type { QueueCounters } from '../queue/counters.ts';
import type { StrategyCommand, StrategyConfig, StrategyMessage } from '../service/strategy-protocol.ts';

export interface RelayConfig extends StrategyConfig {
  /** Which of the strategy's relays. */
  readonly relay: string;
  /** Which of that relay's processes, from 0. */
  readonly index: number;
  /** Where its position in the binary log outlives it: a file of this trial's and this process's place. */
  readonly positionFile: string;
}

/** A relay's account of itself since its process started. */
export interface RelayReport {
  /** Changes that are where they were meant to go, those that went there twice too. */
  readonly applied: number;
  /** Statements sent to the database. */
  readonly dbReads: number;
  readonly dbWrites: number;
  /** Statements that wait for a connection or an answer right now. */
  readonly dbInFlight: number;
  readonly dbErrors: number;
  /** See `ServiceReport`. */
  readonly dbErrorCodes?: Readonly<Record<string, number>>;
  readonly backgroundErrors: number;
  /** The last of them, in its own words; `null` when there was none. */
  readonly lastError: string | null;
  readonly cpuUs: number;
  readonly queue?: QueueCounters;
  /** Of the binary log, where the relay follows it. */
  readonly log?: ChangeLogStatus;
}

/** What still lies before a relay. `null`: it can't be asked right now. */
export interface RelayBacklog {
  /** Messages in the queues of all consumers that nobody has in hand. */
  readonly queue: number | null;
  /** Whether there are changes in the outbox, or under way from there. */
  readonly outbox: boolean | null;
  /** Changes in a place of the relay's own. */
  readonly own: number | null;
}

/** How late changes came, since the storm's start. */
export interface RelayLag {
  /** From just before the write was sent until it was applied: HDR V2 base64, microseconds. */
  readonly histogram: string;
  /** Windows of 100 ms in which something was applied, in their order. */
  readonly windows: readonly LagWindow[];
}

/** A change as a relay applied it. */
export interface AppliedChange {
  readonly key: string;
  /** Among those of its row: the version, or when it was sent where there was none yet. */
  readonly order: number;
  /** When it was applied, on the machine's monotonic clock. */
  readonly atUs: number;
}

export interface LagWindow {
  /** Its start on the machine's monotonic clock. */
  readonly fromUs: number;
  readonly applied: number;
  readonly maxLagUs: number;
}

/** Harness to relay. */
export type RelayCommand = StrategyCommand | { readonly type: 'backlog' } | { readonly type: 'lag' };

/** Relay to harness. */
export type RelayMessage =
  | StrategyMessage<RelayReport>
  | { readonly type: 'ready' }
  | { readonly type: 'backlog'; readonly backlog: RelayBacklog }
  | { readonly type: 'lag'; readonly lag: RelayLag; readonly changes: readonly AppliedChange[] };
