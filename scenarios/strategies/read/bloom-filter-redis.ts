import type { ChainableCommander } from 'ioredis';
import { decodeEntry } from '../entry.ts';
import { allOf, fillEntry, preloadEntries } from '../fill.ts';
import { bloomErrorRate, bloomSize } from '../filters/bloom-sizing.ts';
import { capacityFor, filterParameters } from '../filters/key-filter.ts';
import { sharedBloom } from '../filters/shared-bloom.ts';
import { keepSharedFilter } from '../filters/shared-bloom-upkeep.ts';
import { filterErrors } from '../penetration-theory.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  errorRate: filterParameters.errorRate,
  headroom: filterParameters.headroom,
  rebuildMs: { ...filterParameters.rebuildMs, default: 600_000 },
  buildMs: {
    unit: 'ms',
    default: 30_000,
    min: 10,
    max: 3_600_000,
    description:
      'How long a build may take. Longer: it is thrown away and begun anew. A builder that crashed holds the others up as long.',
  },
} as const satisfies Record<string, Parameter>;

/** One Bloom filter in Redis for all processes, asked in the same round trip as the cache. */
export const bloomFilterRedis: ReadStrategyDefinition<keyof typeof parameters> = {
  kind: 'read',
  name: 'bloom-filter-redis',
  idea: 'A Bloom filter of all keys in a Redis bitmap, shared by all processes and asked along with the cache; its header shows when it is lost.',
  source: 'Bloom, CACM 1970; Kirsch and Mitzenmacher, ESA 2006; Redis documentation of BITFIELD',
  weakness:
    'While a lost filter is rebuilt the database has no protection. Rows inserted by others are denied until the next rebuild, and so are recent ones after a failover to a Redis that lags: its old filter looks sound.',
  parameters,
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
  create(context, values) {
    const filter = sharedBloom(context, values);
    const upkeep = keepSharedFilter(context, filter, values.rebuildMs);

    /** Whether the filter, as an answer of it says, rules the key out. */
    async function isAbsent(key: string, first: ReturnType<typeof filter.verdict>): Promise<boolean> {
      let verdict = first;
      if (verdict === 'changed') {
        const pipeline = context.redis.pipeline();
        const asked = filter.ask(pipeline, key);
        verdict = filter.verdict(asked, (await allOf(pipeline))[0]);
      }
      if (verdict === 'lost') upkeep.restore();
      return verdict === 'absent';
    }

    return {
      start: () => upkeep.start(),
      written: (key) => filter.add(key),
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const pipeline: ChainableCommander = context.redis.pipeline().get(context.entryKey(key));
        const asked = filter.ask(pipeline, key);
        const [entry, answer] = await allOf(pipeline);
        const verdict = filter.verdict(asked, answer);
        const cached = decodeEntry(entry as string | null);
        if (cached !== null) {
          if (verdict === 'lost') upkeep.restore();
          return { item: cached, outcome: 'hit' };
        }
        if (await isAbsent(key, verdict)) return { item: null, outcome: 'null' };
        await context.barrier('afterCacheMiss', key);
        return { item: await fillEntry(context, key), outcome: 'miss' };
      },
    };
  },
};
