import { isKind, isWrite } from './operation.ts';
import type { SlotFile } from './slot-file.ts';
import { FORMAT_VERSION, HEAD, isSealed, KEY, MAGIC, NAME_AT, NAME_BYTES, OPERATION } from './slots.ts';
import { MAX_WRITE_ID } from './write-ids.ts';
import { WriteOwners } from './write-owners.ts';

/**
 * What one look at a whole history tells.
 *
 * @throws HistoryError when it has no head, or is damaged
 */
export class HistoryIndex {
  /** In the order in which they came. */
  readonly keys: string[] = [];
  /** Operations by the index of their key. */
  readonly counts: number[] = [];
  /** By the id of a write, the index of its key. */
  readonly owners = new WriteOwners();
  /** The storm's start on the machine's monotonic clock, microseconds. */
  readonly startedAtUs: number;
  /** All operations. */
  readonly count: number;
  readonly #file: SlotFile;
  /** Of a key whose name is not whole yet. */
  #name: Buffer[] = [];
  #following = 0;

  constructor(file: SlotFile) {
    this.#file = file;
    let startedAtUs: number | null = null;
    let count = 0;
    file.scan((view, at, slot) => {
      if (slot === 0) {
        startedAtUs = this.#head(view, at);
        return;
      }
      if (!isSealed(view, at, slot)) file.damaged(slot, 'its check does not fit');
      const tag = view.getUint8(at);
      if (tag === KEY) this.#key(view, at, slot);
      else if (tag === OPERATION) {
        this.#operation(view, at, slot);
        count++;
      } else file.damaged(slot, `unknown tag ${tag}`);
    });
    this.startedAtUs = startedAtUs ?? file.fail('expected a history, found no head');
    this.count = count;
  }

  #head(view: DataView, at: number): number {
    if (view.getUint8(at) !== HEAD || view.getUint32(at + 4, true) !== MAGIC)
      this.#file.fail('expected a history, found something else');
    if (!isSealed(view, at, 0)) this.#file.damaged(0, 'its check does not fit');
    const version = view.getUint8(at + 1);
    if (version !== FORMAT_VERSION)
      this.#file.fail(`expected a history of version ${FORMAT_VERSION}, found ${version}`);
    return view.getFloat64(at + 8, true);
  }

  #key(view: DataView, at: number, slot: number): void {
    const bytes = view.getUint8(at + 1);
    const following = view.getUint16(at + 2, true);
    const goesOn = this.#following === 0 || following === this.#following - 1;
    if (bytes > NAME_BYTES || !goesOn) this.#file.damaged(slot, 'a key that is not whole');
    this.#name.push(Buffer.from(new Uint8Array(view.buffer, view.byteOffset + at + NAME_AT, bytes)));
    this.#following = following;
    if (following > 0) return;
    this.keys.push(Buffer.concat(this.#name).toString());
    this.counts.push(0);
    this.#name = [];
  }

  #operation(view: DataView, at: number, slot: number): void {
    if (this.#following > 0) this.#file.damaged(slot, 'an operation amid a key');
    const kind = view.getUint8(at + 1);
    if (!isKind(kind)) this.#file.damaged(slot, `an operation of the unknown kind ${kind}`);
    const key = view.getUint32(at + 8, true);
    const before = this.counts[key];
    if (before === undefined) this.#file.damaged(slot, `an operation of the unknown key ${key}`);
    else this.counts[key] = before + 1;
    if (!isWrite(kind)) return;
    const writeId = view.getUint32(at + 16, true);
    if (writeId === 0 || writeId > MAX_WRITE_ID)
      this.#file.damaged(slot, `a write of the impossible id ${writeId}`);
    this.owners.add(writeId, key);
  }
}
