import { ABSENT, SEEDED } from '../../record/history/write-ids.ts';
import type { KeyTruth } from './truth.ts';

/** Where in the order of a row's commits a write stands. */
export class CommitOrder {
  /** Places, the first included. */
  readonly length: number;
  /** Commits that an earlier one had made already: a message that was applied again. */
  readonly repeated: number;
  /** Commits that did not raise the version. */
  readonly notRaised: number;
  readonly #first = new Map<number, number>();
  /** By place the next one of the same write; 0 for none. Only where some write has two. */
  readonly #next = new Map<number, number>();

  constructor({ writeIds, versions, absentAt = [] }: KeyTruth) {
    this.length = writeIds.length;
    let [repeated, notRaised] = [0, 0];
    for (let place = absentAt.includes(0) ? 1 : 0; place < this.length; place++) {
      const isNew = this.#add(place === 0 ? SEEDED : (writeIds[place] as number), place);
      if (!isNew) repeated++;
      const raised = place === 0 || (versions[place] as number) > (versions[place - 1] as number);
      if (!raised && !absentAt.includes(place)) notRaised++;
    }
    for (const place of absentAt) this.#add(ABSENT, place);
    this.repeated = repeated;
    this.notRaised = notRaised;
  }

  /** The first place of a write, or of the row's absence; -1 for one that was never committed. */
  placeOf(writeId: number): number {
    return this.#first.get(writeId) ?? -1;
  }

  /**
   * The first place at or after `from` that a read of what is at `place` may have seen; `place` itself or the last
   * one of the same write when there is none.
   */
  placeFrom(place: number, from: number): number {
    if (this.#next.size === 0) return place;
    let found = place;
    while (found < from) {
      const next = this.#next.get(found);
      if (next === undefined) break;
      found = next;
    }
    return found;
  }

  /** Whether a value of the write is what the row ended with. */
  isLast(writeId: number): boolean {
    const place = this.placeOf(writeId);
    return place >= 0 && this.placeFrom(place, this.length - 1) === this.length - 1;
  }

  /** @returns whether it is the write's first place */
  #add(writeId: number, place: number): boolean {
    let last = this.#first.get(writeId);
    if (last === undefined) {
      this.#first.set(writeId, place);
      return true;
    }
    for (let next = this.#next.get(last); next !== undefined; next = this.#next.get(last)) last = next;
    this.#next.set(last, place);
    return false;
  }
}
