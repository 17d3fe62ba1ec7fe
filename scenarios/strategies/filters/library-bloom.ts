import { BloomFilter } from 'bloom-filters';
import type { MakeFilter } from './key-filter.ts';

/** The Bloom filter of the package bloom-filters. */
export const libraryBloom: MakeFilter = (capacity, errorRate, seed) => {
  const filter = BloomFilter.create(capacity, errorRate);
  filter.seed = seed;
  return {
    sizeBits: filter.size,
    has: (key) => filter.has(key),
    add(key) {
      filter.add(key);
      return true;
    },
  };
};
