import { HistoryWriter } from '../record/history/history-writer.ts';
import { kindOf, type OperationOutcome, type ReadSource } from '../record/history/operation.ts';
import { ABSENT, FOREIGN } from '../record/history/write-ids.ts';
import type { Flight } from './flight.ts';

const SOURCES: ReadonlySet<string> = new Set<ReadSource>(['hit', 'miss', 'stale', 'null', 'l1', 'shed']);

/**
 * Writes down what each request asked for and found, for the checks of consistency. A request that never left is no
 * operation; one that was tried again is one operation, from the first time that it may have left.
 *
 * | settled as | a write | a read |
 * |---|---|---|
 * | 200 | `ok` | `ok`: whose value it found |
 * | 404 | `fail` | `ok`: there is no such row |
 * | refused, or another 4xx | `fail` | `fail` |
 * | another 5xx | `info`: the service does not say whether it happened | `fail` |
 * | broken connection, timeout | `info` | `info` |
 */
export class OperationLog implements Disposable {
  readonly #history: HistoryWriter;
  #count = 0;

  /** @throws StorageError when the file can't be made; what fails later is kept for `throwIfLost` */
  constructor(path: string, startedAtUs: number) {
    this.#history = new HistoryWriter(path, startedAtUs);
  }

  /** Operations written down. */
  get count(): number {
    return this.#count;
  }

  /** The complete answer came in time. */
  answered(flight: Flight, nowUs: number): void {
    const { status, cache, drawn } = flight;
    const isWrite = drawn?.shape.method === 'PUT';
    const shed = cache === 'shed' && (status === 503 || status === 429);
    if (status === 200) this.#record(flight, 'ok', nowUs, flight.foundWriteId ?? FOREIGN);
    else if (status === 404 && !isWrite) this.#record(flight, 'ok', nowUs, ABSENT);
    else this.#record(flight, isWrite && status >= 500 && !shed ? 'info' : 'fail', nowUs);
  }

  /** Nobody knows what came of it: its time was up, or its connection broke. */
  unanswered(flight: Flight, nowUs: number): void {
    this.#record(flight, 'info', nowUs);
  }

  /** @throws StorageError when an operation could not be written down */
  throwIfLost(): void {
    this.#history.throwIfLost();
  }

  [Symbol.dispose](): void {
    this.#history[Symbol.dispose]();
  }

  #record(flight: Flight, outcome: OperationOutcome, nowUs: number, found: number = FOREIGN): void {
    const { drawn } = flight;
    if (drawn === null || !flight.everSent) return;
    const isWrite = drawn.shape.method === 'PUT';
    this.#count++;
    this.#history.record({
      key: drawn.key,
      kind: kindOf(isWrite ? 'write' : 'read', outcome, sourceOf(flight)),
      session: drawn.session,
      writeId: isWrite ? drawn.writeId : found,
      version: flight.version ?? 0,
      // Of an earlier try only the time before which it can't have left is known.
      startUs: flight.sentBefore ? flight.intendedUs : flight.sentUs,
      finishUs: nowUs,
    });
  }
}

function sourceOf({ cache }: Flight): ReadSource {
  return cache !== null && SOURCES.has(cache) ? (cache as ReadSource) : 'unknown';
}
