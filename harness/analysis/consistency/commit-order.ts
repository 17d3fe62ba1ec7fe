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
  /** All places of a write that has several. */
  readonly #all = new Map<number, number[]>();

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
   * The first place of a write at or after `from`; its last one when there is none.
   *
   * @param first its first place
   */
  placeFrom(writeId: number, first: number, from: number): number {
    const all = this.#all.size === 0 ? undefined : this.#all.get(writeId);
    if (all === undefined) return first;
    let [low, high] = [0, all.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] as number) >= from) high = middle;
      else low = middle + 1;
    }
    return all[low] as number;
  }

  /** Whether a value of the write is what the row ended with. */
  isLast(writeId: number): boolean {
    const first = this.placeOf(writeId);
    return first >= 0 && this.placeFrom(writeId, first, this.length - 1) === this.length - 1;
  }

  /** @returns whether it is the write's first place */
  #add(writeId: number, place: number): boolean {
    const first = this.#first.get(writeId);
    if (first === undefined) {
      this.#first.set(writeId, place);
      return true;
    }
    const all = this.#all.get(writeId);
    if (all === undefined) this.#all.set(writeId, [first, place]);
    else all.push(place);
    return false;
  }
}
