import { closeSync, openSync, writeSync } from 'node:fs';
import { storageErrorOf } from '../storage.ts';
import { HistoryError } from './history-error.ts';
import type { HistoryOperation } from './operation.ts';
import {
  FORMAT_VERSION,
  HEAD,
  KEY,
  MAGIC,
  MAX_DURATION_US,
  MAX_START_US,
  NAME_AT,
  NAME_BYTES,
  OPERATION,
  SLOT_BYTES,
  seal,
} from './slots.ts';

/** Written in one go. Writing it takes some 20 us, a delay that no timer would notice. */
const BUFFER_SLOTS = 2_048;
/** So many slots may follow one of a name. */
const MAX_FOLLOWING = 0xffff;

/**
 * Appends operations to a file, about 100 ns and 32 bytes each. Its memory grows with the number of keys only.
 *
 * What was recorded last is in the file once it is closed; a killed writer leaves out up to 2,048 operations.
 */
export class HistoryWriter implements Disposable {
  readonly #path: string;
  readonly #file: number;
  readonly #buffer = Buffer.alloc(BUFFER_SLOTS * SLOT_BYTES);
  readonly #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.byteLength);
  readonly #keys = new Map<string, number>();
  #used = 0;
  /** Slots that left the buffer. */
  #written = 0;
  #open = true;
  #failed = false;
  /** Until it is told. */
  #lost: unknown = null;

  /**
   * @param path of a new file; one that is there is replaced
   * @param startedAtUs the storm's start on the machine's monotonic clock, microseconds
   * @throws StorageError when it can't be made; what fails later is kept for `throwIfLost` and `close`
   */
  constructor(path: string, startedAtUs: number) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (cause) {
      throw storageErrorOf(path, cause);
    }
    const at = this.#take();
    this.#view.setUint8(at, HEAD);
    this.#view.setUint8(at + 1, FORMAT_VERSION);
    this.#view.setUint32(at + 4, MAGIC, true);
    this.#view.setFloat64(at + 8, startedAtUs, true);
    this.#seal(at);
    this.#flush();
  }

  /**
   * Times are rounded so that the operation takes longer, by up to 2 us: then none seems to be over before another
   * that it overlapped.
   */
  record({ key, kind, session, writeId, version, startUs, finishUs }: HistoryOperation): void {
    const index = this.#keys.get(key) ?? this.#addKey(key);
    const startWholeUs = Math.min(MAX_START_US, Math.max(0, Math.floor(startUs)));
    const durationUs = Math.min(MAX_DURATION_US, Math.max(0, Math.ceil(finishUs) - startWholeUs));
    const view = this.#view;
    const at = this.#take();
    view.setUint8(at, OPERATION);
    view.setUint8(at + 1, kind);
    view.setUint16(at + 2, startWholeUs / 2 ** 32, true);
    view.setUint32(at + 4, startWholeUs, true);
    view.setUint32(at + 8, index, true);
    view.setUint32(at + 12, session, true);
    view.setUint32(at + 16, writeId, true);
    view.setUint32(at + 20, version, true);
    view.setUint32(at + 24, durationUs, true);
    this.#seal(at);
  }

  /** @throws StorageError when something that was recorded can't be written: the history is none any more */
  throwIfLost(): void {
    const lost = this.#lost;
    this.#lost = null;
    if (lost !== null) throw lost;
  }

  /** @throws StorageError when something that was recorded can't be written, unless `throwIfLost` has said so */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#flush();
    closeSync(this.#file);
    this.throwIfLost();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #addKey(key: string): number {
    const name = Buffer.from(key);
    const slots = Math.max(1, Math.ceil(name.length / NAME_BYTES));
    if (slots - 1 > MAX_FOLLOWING) throw new HistoryError(`a key of ${name.length} bytes is too long`);
    for (let slot = 0; slot < slots; slot++) {
      const part = name.subarray(slot * NAME_BYTES, (slot + 1) * NAME_BYTES);
      const at = this.#take();
      this.#view.setUint8(at, KEY);
      this.#view.setUint8(at + 1, part.length);
      this.#view.setUint16(at + 2, slots - slot - 1, true);
      this.#buffer.set(part, at + NAME_AT);
      this.#seal(at);
    }
    const index = this.#keys.size;
    this.#keys.set(key, index);
    return index;
  }

  /** @returns where the next slot begins in the buffer */
  #take(): number {
    if (this.#used === BUFFER_SLOTS) this.#flush();
    return this.#used++ * SLOT_BYTES;
  }

  #seal(at: number): void {
    seal(this.#view, at, this.#written + at / SLOT_BYTES);
  }

  /** Not at leisure: a writer that fell behind its disk would have to keep what it can't write. */
  #flush(): void {
    const bytes = this.#used * SLOT_BYTES;
    this.#written += this.#used;
    this.#used = 0;
    if (this.#failed) return;
    try {
      for (let at = 0; at < bytes; ) at += writeSync(this.#file, this.#buffer, at, bytes - at);
    } catch (cause) {
      // Whoever records is in the middle of a request, and could not do anything about it.
      this.#failed = true;
      this.#lost = storageErrorOf(this.#path, cause);
    }
  }
}
