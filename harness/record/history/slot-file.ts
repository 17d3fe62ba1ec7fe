import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HistoryError } from './history-error.ts';
import { SLOT_BYTES } from './slots.ts';

/** Read in one go. */
const BUFFER_SLOTS = 32_768;

/** A slot as it was read: where it lies in a view of some, and its place in the file. */
export type SlotVisit = (view: DataView, at: number, slot: number) => void;

/** A file of slots, to be read from its start again and again. What is left of a slot at its end is passed over. */
export class SlotFile implements Disposable {
  readonly #path: string;
  readonly #file: number;
  readonly #slots: number;

  /** @throws HistoryError when it can't be read, then and at any later call */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#attempt(() => openSync(path, 'r'));
    this.#slots = Math.floor(this.#attempt(() => fstatSync(this.#file).size) / SLOT_BYTES);
  }

  /** Those that were whole when it was opened. */
  scan(visit: SlotVisit): void {
    const buffer = Buffer.alloc(Math.min(BUFFER_SLOTS, this.#slots) * SLOT_BYTES);
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    for (let first = 0; first < this.#slots; first += BUFFER_SLOTS) {
      const slots = Math.min(BUFFER_SLOTS, this.#slots - first);
      this.#read(buffer, first * SLOT_BYTES, slots * SLOT_BYTES);
      for (let slot = 0; slot < slots; slot++) visit(view, slot * SLOT_BYTES, first + slot);
    }
  }

  fail(what: string): never {
    throw new HistoryError(`${this.#path}: ${what}`);
  }

  damaged(slot: number, why: string): never {
    this.fail(`damaged at byte ${slot * SLOT_BYTES}: ${why}`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #read(buffer: Buffer, position: number, bytes: number): void {
    for (let got = 0; got < bytes; ) {
      const from = got;
      const read = this.#attempt(() => readSync(this.#file, buffer, from, bytes - from, position + from));
      if (read === 0) this.fail('it became shorter while it was read');
      got += read;
    }
  }

  #attempt<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HistoryError(`${this.#path}: can't read the history: ${reason}`, { cause });
    }
  }
}
