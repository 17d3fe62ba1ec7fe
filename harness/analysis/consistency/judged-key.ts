import { isOk, isWrite, type KeyHistory } from '../../record/history/operation.ts';
import { ABSENT } from '../../record/history/write-ids.ts';
import { CommitOrder } from './commit-order.ts';
import { sortedOrder } from './sorted-order.ts';
import type { KeyTruth } from './truth.ts';

/** What stands in `JudgedKey.places` where an operation has no place among the commits. */
export const NO_PLACE = {
  /** It was not answered well, or a write that was never committed. */
  none: -1,
  /** A read of a write of this row that was never committed. */
  dirty: -2,
  /** A read of a write of another row. */
  foreign: -3,
  /** A read of a value that nobody is known to have written. */
  unknown: -4,
  /** An answer that there is no such row, which there always was. */
  falselyAbsent: -5,
} as const;

/**
 * One row's operations, each put in its place among the row's commits, and held beside what was known when it began.
 * All columns but the last two go by the operation's index in the history.
 */
export interface JudgedKey {
  readonly history: KeyHistory;
  readonly order: CommitOrder;
  /** The place of the write, or of what the read found; below 0 see `NO_PLACE`. */
  readonly places: Int32Array;
  /** The last place of any write that was acknowledged before the operation began; 0 before the first. */
  readonly ackedBefore: Int32Array;
  /** As `ackedBefore`, of reads too: what somebody was sure to have seen. */
  readonly knownBefore: Int32Array;
  /** When the latest acknowledgement before the operation's beginning came; `-Infinity` before the first. */
  readonly lastAckUs: Float64Array;
  /** Reads that found what was not even sent when they ended: 1. */
  readonly ahead: Uint8Array;
  /** Indices of operations, by their start and by their finish. */
  readonly byStart: Uint32Array;
  readonly byFinish: Uint32Array;
}

/**
 * Puts a row's operations in their places, in O(n log n).
 *
 * An operation is over before another begins if its finish is before the other's start; equal moments overlap. A
 * value that was committed twice is taken for the commit that accuses nobody, where there is one.
 *
 * @param ownerOf which key a write was for; `null` when nobody knows it
 */
export function judgeKey(
  history: KeyHistory,
  truth: KeyTruth,
  ownerOf: (writeId: number) => string | null,
): JudgedKey {
  const { count, kinds, writeIds, startsUs, finishesUs } = history;
  const order = new CommitOrder(truth);
  const judged: JudgedKey = {
    history,
    order,
    places: firstPlaces(history, order, ownerOf),
    ackedBefore: new Int32Array(count),
    knownBefore: new Int32Array(count),
    lastAckUs: new Float64Array(count),
    ahead: new Uint8Array(count),
    byStart: sortedOrder(startsUs),
    byFinish: sortedOrder(finishesUs),
  };
  const { places, ackedBefore, knownBefore, lastAckUs, ahead, byStart, byFinish } = judged;
  const later = new LaterWrites(judged);
  let [acked, known, ackUs, finished] = [0, 0, Number.NEGATIVE_INFINITY, 0];
  for (let at = 0; at < count; at++) {
    const index = byStart[at] as number;
    const startUs = startsUs[index] as number;
    for (; finished < count; finished++) {
      const over = byFinish[finished] as number;
      const overUs = finishesUs[over] as number;
      if (overUs >= startUs) break;
      const kind = kinds[over] as number;
      const place = places[over] as number;
      if (!isOk(kind) || place < 0) continue;
      if (isWrite(kind)) {
        ackUs = overUs;
        if (place > acked) acked = place;
        if (place > known) known = place;
        // What a read found that can't be says nothing of later ones.
      } else if (place > known && ahead[over] === 0) known = place;
    }
    ackedBefore[index] = acked;
    knownBefore[index] = known;
    lastAckUs[index] = ackUs;
    const first = places[index] as number;
    if (first < 0 || isWrite(kinds[index] as number)) continue;
    const isAhead = (place: number): boolean =>
      later.goOn(startUs, place) && later.since(finishesUs[index] as number, place);
    const writeId = writeIds[index] as number;
    let place = first < known ? order.placeFrom(writeId, first, known) : first;
    // No commit of it would do for what others have read: perhaps one does for what was acknowledged.
    if (first < place && (place < known || isAhead(place))) place = order.placeFrom(writeId, first, acked);
    places[index] = place;
    if (isAhead(place)) ahead[index] = 1;
  }
  return judged;
}

function firstPlaces(
  { key, count, kinds, writeIds }: KeyHistory,
  order: CommitOrder,
  ownerOf: (writeId: number) => string | null,
): Int32Array {
  const places = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const kind = kinds[index] as number;
    const writeId = writeIds[index] as number;
    if (isWrite(kind)) places[index] = order.placeOf(writeId);
    else if (!isOk(kind)) places[index] = NO_PLACE.none;
    else {
      const place = order.placeOf(writeId);
      places[index] = place >= 0 ? place : strangeness(writeId, key, ownerOf);
    }
  }
  return places;
}

function strangeness(writeId: number, key: string, ownerOf: (writeId: number) => string | null): number {
  if (writeId === ABSENT) return NO_PLACE.falselyAbsent;
  const owner = ownerOf(writeId);
  if (owner === null) return NO_PLACE.unknown;
  return owner === key ? NO_PLACE.dirty : NO_PLACE.foreign;
}

/** Committed writes by the time at which they were sent, whatever their clients were told. */
class LaterWrites {
  readonly #startsUs: Float64Array;
  /** The first place of these writes from each on. */
  readonly #firstFrom: Float64Array;
  #next = 0;

  constructor({ history: { kinds, startsUs }, places, byStart }: JudgedKey) {
    const writes = byStart.filter(
      (index) => isWrite(kinds[index] as number) && (places[index] as number) >= 0,
    );
    this.#startsUs = Float64Array.from(writes, (index) => startsUs[index] as number);
    this.#firstFrom = new Float64Array(writes.length + 1).fill(Number.POSITIVE_INFINITY);
    for (let at = writes.length - 1; at >= 0; at--) {
      const place = places[writes[at] as number] as number;
      this.#firstFrom[at] = Math.min(this.#firstFrom[at + 1] as number, place);
    }
  }

  /** Whether a write of this place or before it was sent after a moment that is no earlier than at the last call. */
  goOn(momentUs: number, place: number): boolean {
    while ((this.#startsUs[this.#next] as number) <= momentUs) this.#next++;
    return (this.#firstFrom[this.#next] as number) <= place;
  }

  /** Whether a write of this place or before it was sent after any moment. */
  since(momentUs: number, place: number): boolean {
    let [low, high] = [this.#next, this.#startsUs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#startsUs[middle] as number) > momentUs) high = middle;
      else low = middle + 1;
    }
    return (this.#firstFrom[low] as number) <= place;
  }
}
