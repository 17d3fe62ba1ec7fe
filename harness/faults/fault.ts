import type { BarrierName } from '../../scenarios/strategies/strategy.ts';

/** What a scenario does to its servers and services during the storm. Plain data: it travels in scenarios and plans. */
export type Fault = FlushFault | KillFault | ServerFault;

/** A server that is not itself for a while. Each is undone when its time is up, or the storm over. */
export type ServerFault = PauseFault | RestartFault | RefuseFault | ReadOnlyFault;

export type ServerKind = 'redis' | 'database' | 'rabbitmq';

/** Redis loses everything that it holds (`FLUSHALL`). Cannot be undone, and over at once. */
export interface FlushFault {
  readonly kind: 'flush';
  /** Since the storm's start. */
  readonly atMs: number;
}

/**
 * A process ends by SIGKILL, whatever it is doing, and another is started in its place, as an orchestrator would. Until
 * a service's successor listens, requests to its address are refused: nothing leads them to the other instances. A
 * relay's goes on from what its queue, or its saved position, says.
 */
export interface KillFault {
  readonly kind: 'kill';
  readonly target: 'service' | 'relay';
  /** Since the storm's start: from here on whoever comes to the barrier first, or the first instance at once. */
  readonly atMs: number;
  /** The point at which it is killed, so that what it leaves behind is known; `null`: wherever it is. */
  readonly barrier: BarrierName | null;
  /** From its end, as it was seen, until its successor is started. */
  readonly restartAfterMs: number;
}

interface Lasting {
  /** Since the storm's start. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** The server is stopped without being ended (SIGSTOP): connections stay open and silent. */
export interface PauseFault extends Lasting {
  readonly kind: 'pause';
  readonly target: ServerKind;
}

/**
 * The broker ends by SIGKILL and is started again after `durationMs`, with what it had on disk. Not for the servers
 * whose counters are the ground truth, as those count from zero then.
 */
export interface RestartFault extends Lasting {
  readonly kind: 'restart';
  readonly target: 'rabbitmq';
}

/** Redis answers commands with an error (`NOPERM`), by its access control list. */
export interface RefuseFault extends Lasting {
  readonly kind: 'refuse';
  /** Names of Redis commands, such as `del`. */
  readonly commands: readonly string[];
}

/** The database refuses every write, as a replica does that a failover made out of it (`read_only`). */
export interface ReadOnlyFault extends Lasting {
  readonly kind: 'read-only';
}

/** A fault as it came about. Monotonic microseconds. */
export type FaultRecord = FlushRecord | KillRecord | ServerRecord;

interface Happened {
  /** Of the fault, for thresholds and reports: its kind, numbered when there are several of it. */
  readonly name: string;
  /** When it began: just before the server or the process was asked to. */
  readonly fromUs: number;
  /** When it was over: the server had confirmed, was itself again, or the killed process's successor listened. */
  readonly toUs: number;
}

export interface FlushRecord extends Happened {
  readonly kind: 'flush';
}

export interface ServerRecord extends Happened {
  readonly kind: ServerFault['kind'];
}

export interface KillRecord extends Happened {
  readonly kind: 'kill';
  /** Which of the instances, or of the relays, from 0. */
  readonly instance: number;
  readonly barrier: BarrierName | null;
  /** When the process was seen to have ended. */
  readonly endedAtUs: number;
}

/** Names for the faults of a scenario, in its order. */
export function faultNames(faults: readonly Pick<Fault, 'kind'>[]): string[] {
  return faults.map(({ kind }, index) => {
    const alike = faults.filter((fault) => fault.kind === kind).length;
    const nth = faults.slice(0, index + 1).filter((fault) => fault.kind === kind).length;
    return alike === 1 ? kind : `${kind}-${nth}`;
  });
}
