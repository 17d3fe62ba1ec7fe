import { isOk, isWrite } from '../../record/history/operation.ts';
import { type JudgedKey, NO_PLACE } from './judged-key.ts';
import { type Verdict, verdictOf } from './truth.ts';

/** Operations that a register of the kind can't have had. */
export interface RegisterFindings {
  readonly verdict: Verdict;
  /** Answered well, and of a value that some write or the dataset may have put there. */
  readonly reads: number;
  /** Reads that found less than they had to. */
  readonly stale: number;
  /** Reads that found what was sent only after they were over: clocks that differ, or ids that were mixed up. */
  readonly ahead: number;
  /** Reads of what never was the row's: dirty, of another row, by nobody, or an absence that never was. */
  readonly impossible: number;
  /** Commits that came before what had been there when their write was sent. */
  readonly misplacedWrites: number;
  /** Acknowledged, and never committed. */
  readonly lostWrites: number;
}

class Register {
  reads = 0;
  stale = 0;
  ahead = 0;
  impossible = 0;
  misplacedWrites = 0;
  lostWrites = 0;

  findings(): RegisterFindings {
    const { reads, stale, ahead, impossible, misplacedWrites, lostWrites } = this;
    const bad = stale + ahead + impossible + misplacedWrites + lostWrites;
    return {
      ...{ verdict: verdictOf(bad, reads), reads, stale, ahead },
      ...{ impossible, misplacedWrites, lostWrites },
    };
  }
}

/**
 * Whether rows behaved as registers whose order of writes is known: that of the commits.
 *
 * - Linearizable (Herlihy and Wing, TOPLAS 1990): a read finds a place no lower than that of any acknowledged write
 *   *or of what any read found* that was over before it began, and none whose write was sent after it ended.
 * - Regular (Lamport, 1986; for several writers Shao et al., 2011): the same without the other reads.
 *
 * In both, a write's place is above that of all that was over before it was sent. With the order given this is exact,
 * and takes no search: each read has a lowest and a highest place, and any choice between them fits all others.
 */
export class RegisterCheck {
  readonly #linearizable = new Register();
  readonly #regular = new Register();

  add(judged: JudgedKey): void {
    count(this.#linearizable, judged, judged.knownBefore);
    count(this.#regular, judged, judged.ackedBefore);
  }

  result(): { readonly linearizable: RegisterFindings; readonly regular: RegisterFindings } {
    return { linearizable: this.#linearizable.findings(), regular: this.#regular.findings() };
  }
}

function count(register: Register, { history, places, ahead }: JudgedKey, atLeast: Int32Array): void {
  const { kinds } = history;
  for (let index = 0; index < history.count; index++) {
    const kind = kinds[index] as number;
    const place = places[index] as number;
    if (isWrite(kind)) {
      if (place < 0) register.lostWrites += isOk(kind) ? 1 : 0;
      else if (place <= (atLeast[index] as number)) register.misplacedWrites++;
    } else if (place >= 0) {
      register.reads++;
      if (place < (atLeast[index] as number)) register.stale++;
      else if (ahead[index] === 1) register.ahead++;
    } else if (place !== NO_PLACE.none) {
      register.reads++;
      register.impossible++;
    }
  }
}
