/**
 * How a history lies on disk: slots of 32 bytes, little-endian, each with a check of its own that knows its place.
 * So it can be appended to, is whole up to its last whole slot whenever its writer is killed, and damage is told.
 *
 * ```
 * byte   0       1        2        4        8     12        16         20        24         28
 * head   'H'     version  -        magic    storm's start, float64     -         -          check
 * key    'K'     bytes    slots that follow     24 bytes of its name                        check
 * op     'O'     kind     start, high  low   key   session   write id   version   duration  check
 * ```
 *
 * Keys count from 0 in the order in which they come; an operation comes after its key. A start is a whole number of
 * microseconds since the storm's start in 48 bits, a duration one in 32.
 */

export const SLOT_BYTES = 32;
export const NAME_BYTES = 24;
export const NAME_AT = 4;
export const MAX_DURATION_US = 0xffff_ffff;
export const MAX_START_US = 2 ** 48 - 1;

export const HEAD = 0x48;
export const KEY = 0x4b;
export const OPERATION = 0x4f;

export const FORMAT_VERSION = 1;
/** "cash" */
export const MAGIC = 0x68736163;

const CHECK_AT = 28;

/** Returns the check sum of all bytes before it, and of the slot's place: one that is missing or comes twice is seen, too. */
function checkOf(view: DataView, at: number, slot: number): number {
  let hash = (slot ^ 0x9e3779b9) | 0;
  for (let byte = 0; byte < CHECK_AT; byte += 4) {
    hash = Math.imul(hash ^ view.getInt32(at + byte, true), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** @param slot its place in the file */
export function seal(view: DataView, at: number, slot: number): void {
  view.setUint32(at + CHECK_AT, checkOf(view, at, slot), true);
}

export function isSealed(view: DataView, at: number, slot: number): boolean {
  return view.getUint32(at + CHECK_AT, true) === checkOf(view, at, slot);
}
