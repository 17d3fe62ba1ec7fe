import { CuckooFilter } from 'bloom-filters';
import { bloomPositions, hasBit, setBit } from './bloom-bits.ts';
import { bloomErrorRate, bloomSize } from './bloom-sizing.ts';
import { cuckoo, cuckooErrorRate } from './cuckoo.ts';
import type { MakeFilter } from './key-filter.ts';
import { libraryBloom } from './library-bloom.ts';

/** A filter to be measured beside its formula. */
export interface FilterContender {
  readonly name: string;
  readonly make: MakeFilter;
  /** The error rate that theory gives one that was made for so many keys and holds them. */
  expected(keys: number, errorRate: number): number;
}

/** The bits of the shared filter, as they lie in Redis. */
const redisBloom: MakeFilter = (capacity, errorRate, seed) => {
  const size = bloomSize(capacity, errorRate);
  const bytes = new Uint8Array(Math.ceil(size.bits / 8));
  const positions = (key: string) => bloomPositions(String(seed), size, key);
  return {
    sizeBits: size.bits,
    has: (key) => positions(key).every((position) => hasBit(bytes, position)),
    add(key) {
      for (const position of positions(key)) setBit(bytes, position);
      return true;
    },
  };
};

const HEX_DIGIT_BITS = 4;

/** In no strategy: it is measured to show why. */
const libraryCuckoo: MakeFilter = (capacity, errorRate, seed) => {
  const filter = CuckooFilter.create(capacity, errorRate);
  filter.seed = seed;
  return {
    // Of the fingerprints; it keeps them as strings, which take many times as much.
    sizeBits: filter.fullSize * filter.fingerprintLength * HEX_DIGIT_BITS,
    has: (key) => filter.has(key),
    add: (key) => filter.add(key),
  };
};

const bloomExpected = (keys: number, errorRate: number) => bloomErrorRate(bloomSize(keys, errorRate), keys);
const cuckooExpected = (keys: number, errorRate: number) => cuckooErrorRate(errorRate, keys, keys);

export const filterContenders: readonly FilterContender[] = [
  { name: 'Bloom, bloom-filters', make: libraryBloom, expected: bloomExpected },
  { name: 'Bloom in Redis, ours', make: redisBloom, expected: bloomExpected },
  { name: 'cuckoo, ours', make: cuckoo, expected: cuckooExpected },
  { name: 'cuckoo, bloom-filters', make: libraryCuckoo, expected: cuckooExpected },
];
