import type { KeyFilter, MakeFilter } from './key-filter.ts';
import { PackedNumbers } from './packed-numbers.ts';
import { saltedHash } from './salted-hash.ts';

/** Slots of a bucket: 4 let a filter be filled to 95%. */
const BUCKET = 4;
const FILLED = 0.95;
const MAX_KICKS = 500;

/** Bits of a fingerprint: log2(2b / p), rounded up. */
export function fingerprintBits(errorRate: number): number {
  return Math.max(2, Math.ceil(Math.log2((2 * BUCKET) / errorRate)));
}

/** 1 - (1 - 2^-f)^(2 b load): a key is compared with the fingerprints of two buckets. */
export function cuckooErrorRate(errorRate: number, capacity: number, keys: number): number {
  const load = keys / (bucketsFor(capacity) * BUCKET);
  return 1 - (1 - 1 / (2 ** fingerprintBits(errorRate) - 1)) ** (2 * BUCKET * load);
}

function bucketsFor(capacity: number): number {
  return Math.max(1, Math.ceil(capacity / FILLED / BUCKET));
}

/**
 * A cuckoo filter: fingerprints in one of two buckets each, moved to the other when theirs is full.
 *
 * Written here because the one of the package bloom-filters loses keys (docs/filters.md): what it moves may land
 * in a bucket where nobody looks. The other bucket is h(fingerprint) - bucket, which leads there and back for any
 * number of buckets; the paper's XOR needs a power of two.
 *
 * Source: Fan, Andersen, Kaminsky and Mitzenmacher, CoNEXT 2014; the difference in place of XOR: Huang et al.,
 * additive and subtractive cuckoo filters, IWQoS 2020
 */
export const cuckoo: MakeFilter = (capacity, errorRate, seed) => new CuckooFilter(capacity, errorRate, seed);

class CuckooFilter implements KeyFilter {
  readonly sizeBits: number;
  readonly #buckets: number;
  readonly #slots: PackedNumbers;
  readonly #fingerprints: number;
  readonly #salt: string;
  #kicks = 0;

  constructor(capacity: number, errorRate: number, seed: number) {
    const width = fingerprintBits(errorRate);
    this.#buckets = bucketsFor(capacity);
    this.#slots = new PackedNumbers(this.#buckets * BUCKET, width);
    this.#fingerprints = 2 ** width - 1;
    this.#salt = String(seed);
    this.sizeBits = this.#slots.sizeBits;
  }

  has(key: string): boolean {
    const { fingerprint, bucket } = this.#home(key);
    return this.#holds(bucket, fingerprint) || this.#holds(this.#other(bucket, fingerprint), fingerprint);
  }

  /** A key that it seems to have is not added again: every update of a row would take a slot. */
  add(key: string): boolean {
    if (this.has(key)) return true;
    const { fingerprint, bucket } = this.#home(key);
    const other = this.#other(bucket, fingerprint);
    return this.#put(bucket, fingerprint) || this.#put(other, fingerprint) || this.#kick(other, fingerprint);
  }

  #home(key: string): { fingerprint: number; bucket: number } {
    const { first, second } = saltedHash(this.#salt, key);
    // 0 is an empty slot.
    return { fingerprint: 1 + (first % this.#fingerprints), bucket: second % this.#buckets };
  }

  #other(bucket: number, fingerprint: number): number {
    const far = (Math.imul(fingerprint, 0x5bd1e995) >>> 0) % this.#buckets;
    return (far - bucket + this.#buckets) % this.#buckets;
  }

  #holds(bucket: number, fingerprint: number): boolean {
    for (let slot = bucket * BUCKET; slot < (bucket + 1) * BUCKET; slot++) {
      if (this.#slots.get(slot) === fingerprint) return true;
    }
    return false;
  }

  #put(bucket: number, fingerprint: number): boolean {
    for (let slot = bucket * BUCKET; slot < (bucket + 1) * BUCKET; slot++) {
      if (this.#slots.get(slot) === 0) {
        this.#slots.set(slot, fingerprint);
        return true;
      }
    }
    return false;
  }

  /** Takes a slot and moves who was there to its other bucket, and so on; undone when there is no end to it. */
  #kick(from: number, fingerprint: number): boolean {
    const moved: (readonly [slot: number, was: number])[] = [];
    let bucket = from;
    let homeless = fingerprint;
    for (let kick = 0; kick < MAX_KICKS; kick++) {
      // In turn: which one goes need not be drawn.
      const slot = bucket * BUCKET + (this.#kicks++ % BUCKET);
      const evicted = this.#slots.get(slot);
      moved.push([slot, evicted]);
      this.#slots.set(slot, homeless);
      homeless = evicted;
      bucket = this.#other(bucket, homeless);
      if (this.#put(bucket, homeless)) return true;
    }
    for (const [slot, was] of moved.reverse()) this.#slots.set(slot, was);
    return false;
  }
}
