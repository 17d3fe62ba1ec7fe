import { cacheAsideReader } from '../fill.ts';
import { bloomErrorRate, bloomSize } from '../filters/bloom-sizing.ts';
import { keepFilter } from '../filters/filter-upkeep.ts';
import { filteredReads } from '../filters/filtered-reads.ts';
import { capacityFor, type FilterParameter, filterParameters } from '../filters/key-filter.ts';
import { libraryBloom } from '../filters/library-bloom.ts';
import { filterErrors } from '../penetration-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** A Bloom filter in each process knows which keys may exist; others are answered without a look anywhere. */
export const bloomFilter: ReadStrategyDefinition<FilterParameter> = {
  kind: 'read',
  name: 'bloom-filter',
  idea: 'Each process holds a Bloom filter of all keys; a key that is not in it is answered without asking Redis or the database.',
  source:
    'Space/time trade-offs in hash coding with allowable errors (Bloom, CACM 1970); the notes’ 布隆過濾器',
  weakness:
    'Goes stale: a row inserted through another process, or by others, is denied until the next rebuild. A key that it errs on can be asked for again and again.',
  parameters: filterParameters,
  expiry: 'physical',
  predict(input) {
    const { errorRate = Number.NaN, headroom = Number.NaN } = input.parameters;
    const expected = bloomErrorRate(bloomSize(capacityFor(input.rows, headroom), errorRate), input.rows);
    return [
      ...loadsPerExpiry(input, everyReaderLoads),
      ...loadsPerMissing(input, (traffic) => filterErrors(traffic, errorRate, expected)),
      predictPhysicalAge(input),
    ];
  },
  create: (context, parameters) =>
    filteredReads(context, keepFilter(context, parameters, libraryBloom), cacheAsideReader(context)),
};
