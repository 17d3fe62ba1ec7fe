import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import { type L1Parameter, LocalCopies, l1Parameters } from '../local-copies.ts';
import type { Item, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** Two levels that nobody keeps together: a copy simply ends soon. */
export const twoLevelTtl: ReadStrategyDefinition<L1Parameter> = {
  kind: 'read',
  name: 'two-level-ttl',
  idea: 'Keep copies in the process’s memory (L1) before Redis (L2), each for a short time; nothing tells a process of a write elsewhere.',
  source: 'Two-level caches without a broadcast: JetCache’s CacheType.BOTH by default, Caffeine before Redis',
  weakness:
    'After a write the other processes serve the old copy until it ends. Shorter copies are less stale, and ask Redis more often.',
  parameters: l1Parameters,
  expiry: 'physical',
  // No bound on staleness: a late set in Redis lives for T, and copies are made of it.
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context, { l1TtlMs, l1Entries }) {
    const copies = new LocalCopies(context, { maxItems: l1Entries, maxMs: l1TtlMs });
    const flights = new Flights<Item | null>();
    const fill = (key: string) => copies.keeping(key, () => fillEntry(context, key));

    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const copy = copies.get(key);
        if (copy !== undefined) return { item: copy, outcome: 'l1' };
        const cached = await copies.keeping(key, () => readEntry(context, key));
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return { item: await flights.share(key, () => fill(key)), outcome: 'miss' };
      },
      async written(key) {
        copies.invalidate(key);
      },
    };
  },
};
