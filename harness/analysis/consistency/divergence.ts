import type { CommitOrder } from './commit-order.ts';
import { type Verdict, verdictOf } from './truth.ts';

/** What the cache held of a row when all was quiet, looked at twice. */
export interface FinalSample {
  readonly first: CachedValue;
  readonly second: CachedValue;
}

/** Whose value an entry had: the id of a write, `SEEDED`, `ABSENT` (an entry that says that there is no row) or
 * `FOREIGN`; `null` where there was no entry. */
export type CachedValue = number | null;

export interface DivergenceFindings {
  readonly verdict: Verdict;
  /** Rows that were looked at. */
  readonly keys: number;
  /** Neither time as the database: their entries are wrong until they expire. */
  readonly divergent: number;
  /** Of these, by what the second look found: what the row had been before, or what it never was. */
  readonly older: number;
  readonly dirty: number;
  /** Wrong at the first look, right at the second. */
  readonly healed: number;
  /** Without an entry at the second look, which is fine. */
  readonly absent: number;
  /** The first of the divergent. */
  readonly examples: readonly string[];
}

const EXAMPLES = 10;

/** Whether cache and database agree in the end. */
export class Divergence {
  readonly #examples: string[] = [];
  #keys = 0;
  #older = 0;
  #dirty = 0;
  #healed = 0;
  #absent = 0;

  /** @returns whether the key is divergent */
  add(key: string, order: CommitOrder, { first, second }: FinalSample): boolean {
    const agrees = (value: CachedValue): boolean => value === null || order.isLast(value);
    this.#keys++;
    if (second === null) this.#absent++;
    if (agrees(second)) {
      if (!agrees(first)) this.#healed++;
      return false;
    }
    // One that is wrong only at the second look is on its way: something still works on it.
    if (agrees(first)) return false;
    if (second !== null && order.placeOf(second) >= 0) this.#older++;
    else this.#dirty++;
    if (this.#examples.length < EXAMPLES) this.#examples.push(key);
    return true;
  }

  result(): DivergenceFindings {
    const [older, dirty] = [this.#older, this.#dirty];
    const divergent = older + dirty;
    return {
      ...{ verdict: verdictOf(divergent, this.#keys), keys: this.#keys, divergent, older, dirty },
      ...{ healed: this.#healed, absent: this.#absent, examples: this.#examples },
    };
  }
}
