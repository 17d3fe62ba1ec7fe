import type { BarrierName } from '../../scenarios/strategies/strategy.ts';

/** What a scenario does to its servers and services during the storm. Plain data: it travels in scenarios and plans. */
export type Fault = FlushFault | KillFault;

/** Redis loses everything that it holds (`FLUSHALL`). Cannot be undone, and over at once. */
export interface FlushFault {
  readonly kind: 'flush';
  /** Since the storm's start. */
  readonly atMs: number;
}

/**
 * A service process ends by SIGKILL, whatever it is doing, and another is started in its place, as an orchestrator
 * would. Until that one listens, requests to its address are refused: nothing leads them to the other instances.
 */
export interface KillFault {
  readonly kind: 'kill';
  readonly target: 'service';
  /** Since the storm's start: from here on whoever comes to the barrier first, or the first instance at once. */
  readonly atMs: number;
  /** The point at which it is killed, so that what it leaves behind is known; `null`: wherever it is. */
  readonly barrier: BarrierName | null;
  /** From its end, as it was seen, until its successor is started. */
  readonly restartAfterMs: number;
}

/** A fault as it came about. Monotonic microseconds. */
export type FaultRecord = FlushRecord | KillRecord;

interface Happened {
  /** Of the fault, for thresholds and reports: its kind, numbered when there are several of it. */
  readonly name: string;
  /** When it began: just before the server or the process was asked to. */
  readonly fromUs: number;
  /** When it was over: the server had confirmed, or the killed process's successor listened. */
  readonly toUs: number;
}

export interface FlushRecord extends Happened {
  readonly kind: 'flush';
}

export interface KillRecord extends Happened {
  readonly kind: 'kill';
  /** Which of the instances, from 0. */
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
