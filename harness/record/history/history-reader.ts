import { HistoryIndex } from './history-index.ts';
import type { KeyHistory } from './operation.ts';
import { SlotFile } from './slot-file.ts';
import { OPERATION } from './slots.ts';

/** Of operations held at once: 29 bytes each. */
const BATCH = 1_000_000;

/**
 * Reads a history back, up to its last whole slot. Opening it reads it once, to find its keys and damages; to have the
 * operations key by key it is read again, for so many keys at a time as memory is meant to hold.
 */
export class HistoryReader implements Disposable {
  readonly #file: SlotFile;
  readonly #index: HistoryIndex;
  readonly #indices = new Map<string, number>();

  /** @throws HistoryError when it can't be read, is none, or is damaged */
  constructor(path: string) {
    this.#file = new SlotFile(path);
    try {
      this.#index = new HistoryIndex(this.#file);
    } catch (error) {
      this.#file[Symbol.dispose]();
      throw error;
    }
    for (const [index, key] of this.#index.keys.entries()) this.#indices.set(key, index);
  }

  /** The storm's start on the machine's monotonic clock, microseconds. */
  get startedAtUs(): number {
    return this.#index.startedAtUs;
  }

  /** All operations. */
  get count(): number {
    return this.#index.count;
  }

  get keys(): readonly string[] {
    return this.#index.keys;
  }

  /** Which key a write of the history was for; `null` where it has no such write. */
  ownerOf(writeId: number): string | null {
    const key = this.#index.owners.of(writeId);
    return key === null ? null : (this.keys[key] ?? null);
  }

  /** The operations of one key; none where it has none. */
  operationsOf(key: string): KeyHistory {
    const index = this.#indices.get(key);
    const [history] =
      index === undefined
        ? []
        : this.#collect(index, index + 1, columns(key, this.#index.counts[index] ?? 0));
    return history ?? columns(key, 0);
  }

  /**
   * The operations key by key, in the order in which the keys came. What was handed out counts no more at the next
   * step: its memory is used again.
   *
   * @param batch operations held at once, unless one key has more @default 1,000,000
   */
  *byKey(batch: number = BATCH): Generator<KeyHistory> {
    const { counts } = this.#index;
    let all = columns('', 0);
    for (let from = 0; from < counts.length; ) {
      let to = from;
      let held = 0;
      for (; to < counts.length; to++) {
        const more = counts[to] ?? 0;
        if (held + more > batch && to > from) break;
        held += more;
      }
      if (held > all.count) all = columns('', held);
      yield* this.#collect(from, to, all);
      from = to;
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  /** The operations of the keys from one index up to another, in one pass over the file, as parts of `all`. */
  *#collect(from: number, to: number, all: KeyHistory): Generator<KeyHistory> {
    const counts = this.#index.counts.slice(from, to);
    /** Where the next operation of each key goes. */
    const next = new Uint32Array(to - from);
    let total = 0;
    for (const [key, count] of counts.entries()) {
      next[key] = total;
      total += count;
    }
    this.#file.scan((view, at) => {
      if (view.getUint8(at) !== OPERATION) return;
      const key = view.getUint32(at + 8, true) - from;
      if (key < 0 || key >= next.length) return;
      const place = next[key] as number;
      next[key] = place + 1;
      const startUs = view.getUint16(at + 2, true) * 2 ** 32 + view.getUint32(at + 4, true);
      all.kinds[place] = view.getUint8(at + 1);
      all.startsUs[place] = startUs;
      all.finishesUs[place] = startUs + view.getUint32(at + 24, true);
      all.sessions[place] = view.getUint32(at + 12, true);
      all.writeIds[place] = view.getUint32(at + 16, true);
      all.versions[place] = view.getUint32(at + 20, true);
    });
    for (const [key, count] of counts.entries()) {
      const end = next[key] as number;
      yield part(all, this.keys[from + key] ?? '', end - count, end);
    }
  }
}

function columns(key: string, count: number): KeyHistory {
  return {
    key,
    count,
    kinds: new Uint8Array(count),
    sessions: new Uint32Array(count),
    writeIds: new Uint32Array(count),
    versions: new Uint32Array(count),
    startsUs: new Float64Array(count),
    finishesUs: new Float64Array(count),
  };
}

function part(all: KeyHistory, key: string, from: number, to: number): KeyHistory {
  return {
    key,
    count: to - from,
    kinds: all.kinds.subarray(from, to),
    sessions: all.sessions.subarray(from, to),
    writeIds: all.writeIds.subarray(from, to),
    versions: all.versions.subarray(from, to),
    startsUs: all.startsUs.subarray(from, to),
    finishesUs: all.finishesUs.subarray(from, to),
  };
}
