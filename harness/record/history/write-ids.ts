/**
 * Who wrote a value, said by the value itself: `w<id base36>.` and padding. So a read is known by what it returns,
 * even where a cache was written before the database had given the write a version.
 *
 * Ids count from 1 in each storm.
 */

/** Of the row as the dataset had it before the storm. */
export const SEEDED = 0;
/** There is no such row: an answer of 404. */
export const ABSENT = 0xffff_ffff;
/** A value that no write of a storm has, and no dataset. */
export const FOREIGN = 0xffff_fffe;
/** The largest that a write can have. */
export const MAX_WRITE_ID = 0xffff_fffd;

const MARK = 'w';
const END = '.';
/** Of the values that a dataset is filled with. */
const SEED_MARK = 'x';
/** A mark, the largest id in base 36, and the end. */
const TOKEN_BYTES = MARK.length + MAX_WRITE_ID.toString(36).length + END.length;

/**
 * The value that a write puts.
 *
 * @param valueBytes its length; longer where the id does not fit
 */
export function writtenValue(writeId: number, valueBytes: number): string {
  return `${MARK}${writeId.toString(36)}${END}`.padEnd(valueBytes, MARK);
}

/** Whose value it is: an id, `SEEDED` or `FOREIGN`. */
export function writeIdOf(value: string): number {
  if (value.startsWith(SEED_MARK)) return SEEDED;
  const token = /^w([0-9a-z]{1,7})\./.exec(value);
  const id = token === null ? 0 : Number.parseInt(token[1] ?? '', 36);
  return id >= 1 && id <= MAX_WRITE_ID ? id : FOREIGN;
}

const BEFORE_VALUE = Buffer.from('"value":"');

/**
 * Whose value an item is that comes as JSON, in any number of pieces. It is found, not parsed: a load of thousands
 * of answers a second has no time for more.
 */
export class WriteIdScanner {
  /** What may belong to a token that the next piece goes on with. */
  #rest: Buffer | null = null;
  #found: number | null = null;

  reset(): void {
    this.#rest = null;
    this.#found = null;
  }

  push(piece: Buffer): void {
    if (this.#found !== null) return;
    const bytes = this.#rest === null ? piece : Buffer.concat([this.#rest, piece]);
    const at = bytes.indexOf(BEFORE_VALUE);
    if (at < 0) {
      this.#rest = bytes.subarray(Math.max(0, bytes.length - BEFORE_VALUE.length + 1));
      return;
    }
    const from = at + BEFORE_VALUE.length;
    // The token may go on in the next piece.
    if (bytes.length < from + TOKEN_BYTES) this.#rest = bytes.subarray(at);
    else this.#found = idAt(bytes, from);
  }

  /** Once all has come: an id, `SEEDED`, or `FOREIGN` where there was no value of ours. */
  result(): number {
    if (this.#found !== null) return this.#found;
    const rest = this.#rest;
    return rest?.indexOf(BEFORE_VALUE) === 0 ? idAt(rest, BEFORE_VALUE.length) : FOREIGN;
  }
}

function idAt(bytes: Buffer, from: number): number {
  return writeIdOf(bytes.toString('latin1', from, from + TOKEN_BYTES));
}
