/** What was bad of one row. */
export interface KeyFaults {
  readonly key: string;
  /** Stale, dirty and other impossible reads, broken promises to clients, lost writes. */
  readonly bad: number;
  /** Of these, writes that were acknowledged and never committed. */
  readonly lost: number;
  /** In the end its entry was wrong. */
  readonly divergent: boolean;
  /** Of its stalest read, at least. */
  readonly staleMs: number;
  readonly gammaMs: number;
}

const KEPT = 5;

/** Keeps the rows that are worth a look at every operation, the graver first, as result/gravity.ts orders those that are shown. */
export class WorstKeys {
  readonly #worst: KeyFaults[] = [];

  add(faults: KeyFaults): void {
    if (faults.bad === 0 && !faults.divergent) return;
    const at = this.#worst.findIndex((other) => isWorse(faults, other));
    this.#worst.splice(at < 0 ? this.#worst.length : at, 0, faults);
    if (this.#worst.length > KEPT) this.#worst.pop();
  }

  result(): readonly KeyFaults[] {
    return this.#worst;
  }
}

function isWorse(one: KeyFaults, other: KeyFaults): boolean {
  if (one.lost !== other.lost) return one.lost > other.lost;
  if (one.divergent !== other.divergent) return one.divergent;
  return one.bad > other.bad || (one.bad === other.bad && one.staleMs > other.staleMs);
}
