import { absenceParameters, absenceReader } from '../absence.ts';
import { bloomErrorRate, bloomSize } from '../filters/bloom-sizing.ts';
import { keepFilter } from '../filters/filter-upkeep.ts';
import { filteredReads } from '../filters/filtered-reads.ts';
import { capacityFor, type FilterParameter, filterParameters } from '../filters/key-filter.ts';
import { libraryBloom } from '../filters/library-bloom.ts';
import { binomialHigh, filterErrors, rememberedAbsence } from '../penetration-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** The Bloom filter stops the endless stream; the few keys that it errs on are remembered as absent. */
export const nullCacheBloomFilter: ReadStrategyDefinition<FilterParameter | keyof typeof absenceParameters> =
  {
    kind: 'read',
    name: 'null-cache+bloom-filter',
    idea: 'A Bloom filter in each process turns absent keys away; those that it lets through by mistake are cached as absent.',
    source: 'Bloom, CACM 1970, and RFC 2308 (1998), together',
    weakness:
      'Stale in both ways: a row that others insert is denied until the next rebuild and the marker’s end.',
    parameters: { ...filterParameters, ...absenceParameters },
    expiry: 'physical',
    predict(input) {
      const { errorRate = Number.NaN, headroom = Number.NaN, nullTtlMs = Number.NaN } = input.parameters;
      const expected = bloomErrorRate(bloomSize(capacityFor(input.rows, headroom), errorRate), input.rows);
      return [
        ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
        ...loadsPerMissing(input, (traffic) => {
          if (traffic.attack === 'endless') return filterErrors(traffic, errorRate, expected);
          const keys = binomialHigh(Math.round(traffic.distinctKeys), errorRate);
          const remembered = rememberedAbsence(traffic, { nullTtlMs, instances: input.instances, keys });
          return { ...remembered, formula: '<= p keys P (s / null TTL + 1) / requests' };
        }),
        predictPhysicalAge(input),
      ];
    },
    create: (context, parameters) =>
      filteredReads(
        context,
        keepFilter(context, parameters, libraryBloom),
        absenceReader(context, parameters.nullTtlMs),
      ),
  };
