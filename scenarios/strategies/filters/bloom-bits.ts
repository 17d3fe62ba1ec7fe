import type { BloomSize } from './bloom-sizing.ts';
import { saltedHash } from './salted-hash.ts';

/**
 * The k bits of a key, by enhanced double hashing: two hashes stand for k of them.
 *
 * Source: Kirsch and Mitzenmacher, ESA 2006; the cubic term, which keeps the steps of a key from meeting, from
 * Dillinger and Manolios, FMCAD 2004
 */
export function bloomPositions(salt: string, { bits, hashes }: BloomSize, key: string): readonly number[] {
  const { first, second } = saltedHash(salt, key);
  return Array.from({ length: hashes }, (_, n) => (first + n * second + (n ** 3 - n) / 6) % bits);
}

/** The bit's byte and mask as Redis counts them: bit 0 is the highest of byte 0. */
export function setBit(bytes: Uint8Array, position: number): void {
  const index = Math.floor(position / 8);
  bytes[index] = (bytes[index] ?? 0) | (0x80 >> (position % 8));
}

export function hasBit(bytes: Uint8Array, position: number): boolean {
  return ((bytes[Math.floor(position / 8)] ?? 0) & (0x80 >> (position % 8))) !== 0;
}
