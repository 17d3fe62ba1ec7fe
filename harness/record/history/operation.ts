/** One operation of a client, and how a byte says of which kind it was. */
import type { CacheOutcome } from '../../../scenarios/strategies/strategy.ts';

/** `info`: it timed out or its connection broke after it was sent, so it may have happened. */
export type OperationOutcome = 'ok' | 'fail' | 'info';
/** How a read was answered. */
export type ReadSource = 'unknown' | CacheOutcome;

const OUTCOMES: readonly OperationOutcome[] = ['ok', 'fail', 'info'];
const SOURCES: readonly ReadSource[] = ['unknown', 'hit', 'miss', 'stale', 'null', 'l1', 'shed'];

const WRITE = 1;
const OUTCOME_SHIFT = 1;
const OUTCOME_MASK = 3;
const SOURCE_SHIFT = 3;
const MAX_KIND = kindOf('write', 'info', 'shed');

/** Operation, outcome and source in a byte. */
export function kindOf(
  operation: 'read' | 'write',
  outcome: OperationOutcome,
  source: ReadSource = 'unknown',
): number {
  return (
    (operation === 'write' ? WRITE : 0) |
    (OUTCOMES.indexOf(outcome) << OUTCOME_SHIFT) |
    (SOURCES.indexOf(source) << SOURCE_SHIFT)
  );
}

export function isWrite(kind: number): boolean {
  return (kind & WRITE) !== 0;
}

export function outcomeOf(kind: number): OperationOutcome {
  return OUTCOMES[(kind >> OUTCOME_SHIFT) & OUTCOME_MASK] ?? 'info';
}

export function sourceOf(kind: number): ReadSource {
  return SOURCES[kind >> SOURCE_SHIFT] ?? 'unknown';
}

export function isOk(kind: number): boolean {
  return ((kind >> OUTCOME_SHIFT) & OUTCOME_MASK) === 0;
}

/** Whether a byte stands for a kind. */
export function isKind(kind: number): boolean {
  return (
    kind <= MAX_KIND &&
    ((kind >> OUTCOME_SHIFT) & OUTCOME_MASK) < OUTCOMES.length &&
    kind >> SOURCE_SHIFT < SOURCES.length
  );
}

/** What a client asked for, and what came of it. Times in microseconds since the storm's start. */
export interface HistoryOperation {
  readonly key: string;
  /** See `kindOf`. */
  readonly kind: number;
  /** The client, counted from 1; 0 for one that has no name: nothing is promised to it. */
  readonly session: number;
  /** Of a write its own, of a read the one that it found (`write-ids.ts`). */
  readonly writeId: number;
  /** As the answer said; 0 where it did not. */
  readonly version: number;
  /** When it was sent. */
  readonly startUs: number;
  /** When its answer was there, or was given up. */
  readonly finishUs: number;
}

/** All operations of one key, in the order in which they were recorded; column by column, since there are millions. */
export interface KeyHistory {
  readonly key: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly sessions: Uint32Array;
  readonly writeIds: Uint32Array;
  readonly versions: Uint32Array;
  readonly startsUs: Float64Array;
  readonly finishesUs: Float64Array;
}
