import { isOk, isWrite } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';
import { type Verdict, verdictOf } from './truth.ts';

export interface SessionFindings {
  /** Reads that found less than an earlier read of the same row by the same client had. */
  readonly monotonicReads: Guarantee;
  /** Reads that found less than that client's own acknowledged write of the row. */
  readonly readYourWrites: Guarantee;
}

export interface Guarantee {
  readonly verdict: Verdict;
  /** Reads by clients to whom something was promised: they had read, or written, the row before. */
  readonly reads: number;
  readonly violations: number;
}

/** Which of the two. */
export type BrokenPromise = 'monotonic' | 'read-your-writes';

class Promised {
  reads = 0;
  violations = 0;

  /** @returns whether the promise was broken */
  found(place: number, promised: number): boolean {
    if (promised < 0) return false;
    this.reads++;
    if (place >= promised) return false;
    this.violations++;
    return true;
  }

  guarantee(): Guarantee {
    const { reads, violations } = this;
    return { verdict: verdictOf(violations, reads), reads, violations };
  }
}

/** What one client knows of a row: the largest places; below 0 nothing. */
interface Known {
  read: number;
  written: number;
}

/**
 * What is promised to each client for itself, of each row (Terry et al., "Session Guarantees for Weakly Consistent
 * Replicated Data", PDIS 1994). Only of operations that were over before the next began: a client of an open load
 * may have several on their way.
 */
export class Sessions {
  readonly #monotonic = new Promised();
  readonly #ownWrites = new Promised();

  /**
   * @param onBroken called for each violation with the index of the read
   * @returns violations of the key
   */
  add(
    { history, places, byStart, byFinish }: JudgedKey,
    onBroken: (index: number, promise: BrokenPromise) => void = () => {},
  ): number {
    const { count, kinds, sessions, startsUs, finishesUs } = history;
    const before = this.#monotonic.violations + this.#ownWrites.violations;
    const clients = new Map<number, Known>();
    let finished = 0;
    for (let at = 0; at < count; at++) {
      const index = byStart[at] as number;
      for (; finished < count; finished++) {
        const over = byFinish[finished] as number;
        if ((finishesUs[over] as number) >= (startsUs[index] as number)) break;
        const kind = kinds[over] as number;
        const session = sessions[over] as number;
        if (session > 0 && isOk(kind)) learn(clients, session, places[over] as number, isWrite(kind));
      }
      const place = places[index] as number;
      if (place < 0 || isWrite(kinds[index] as number)) continue;
      const known = clients.get(sessions[index] as number);
      if (known === undefined) continue;
      if (this.#monotonic.found(place, known.read)) onBroken(index, 'monotonic');
      if (this.#ownWrites.found(place, known.written)) onBroken(index, 'read-your-writes');
    }
    return this.#monotonic.violations + this.#ownWrites.violations - before;
  }

  result(): SessionFindings {
    return { monotonicReads: this.#monotonic.guarantee(), readYourWrites: this.#ownWrites.guarantee() };
  }
}

function learn(clients: Map<number, Known>, session: number, place: number, isWriteOp: boolean): void {
  if (place < 0) return;
  let known = clients.get(session);
  if (known === undefined) {
    known = { read: -1, written: -1 };
    clients.set(session, known);
  }
  if (isWriteOp) known.written = Math.max(known.written, place);
  else known.read = Math.max(known.read, place);
}
