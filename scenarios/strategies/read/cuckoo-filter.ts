import { cacheAsideReader } from '../fill.ts';
import { cuckoo, cuckooErrorRate } from '../filters/cuckoo.ts';
import { keepFilter } from '../filters/filter-upkeep.ts';
import { filteredReads } from '../filters/filtered-reads.ts';
import { capacityFor, type FilterParameter, filterParameters } from '../filters/key-filter.ts';
import { filterErrors } from '../penetration-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** As `bloom-filter`, with a cuckoo filter in its place. */
export const cuckooFilter: ReadStrategyDefinition<FilterParameter> = {
  kind: 'read',
  name: 'cuckoo-filter',
  idea: 'Each process holds a cuckoo filter of all keys: two buckets to look into, whatever the error rate.',
  source: 'Cuckoo Filter: Practically Better Than Bloom (Fan et al., CoNEXT 2014)',
  weakness:
    'Goes stale as a Bloom filter does. It can be full: keys that no longer fit are held in a set beside it until the next rebuild, in full length.',
  parameters: filterParameters,
  expiry: 'physical',
  predict(input) {
    const { errorRate = Number.NaN, headroom = Number.NaN } = input.parameters;
    const expected = cuckooErrorRate(errorRate, capacityFor(input.rows, headroom), input.rows);
    return [
      ...loadsPerExpiry(input, everyReaderLoads),
      ...loadsPerMissing(input, (traffic) => filterErrors(traffic, errorRate, expected)),
      predictPhysicalAge(input),
    ];
  },
  create: (context, parameters) =>
    filteredReads(context, keepFilter(context, parameters, cuckoo), cacheAsideReader(context)),
};
