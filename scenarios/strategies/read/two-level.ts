import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { Invalidations } from '../invalidations.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import { type L1Parameter, LocalCopies, l1Parameters } from '../local-copies.ts';
import type { Item, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** A small cache in the process before the shared one; Redis itself announces what is no longer true. */
export const twoLevel: ReadStrategyDefinition<L1Parameter> = {
  kind: 'read',
  name: 'two-level',
  idea: 'Keep copies in the process’s memory (L1) before Redis (L2); client-side tracking announces every change, and a lost connection drops all copies.',
  source: 'Client-side caching reference, Redis documentation (since Redis 6, 2020)',
  weakness:
    'A copy is stale until the announcement arrives. A flush empties both levels: it shields Redis from hot keys, not the database from a cold cache. Every process hears of every change.',
  parameters: l1Parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context, { l1TtlMs, l1Entries }) {
    const copies = new LocalCopies(context, { maxItems: l1Entries, maxMs: l1TtlMs });
    const flights = new Flights<Item | null>();
    const prefix = context.entryKey('');
    const announcements = new Invalidations(context, prefix, {
      invalidated: (redisKey) => copies.invalidate(redisKey.slice(prefix.length)),
      allInvalidated: () => copies.clear(),
    });

    return {
      start: () => announcements.start(),
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const copy = announcements.live ? copies.get(key) : undefined;
        if (copy !== undefined) return { item: copy, outcome: 'l1' };
        const cached = await copies.keeping(
          key,
          () => readEntry(context, key),
          () => announcements.live,
        );
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        // No copy of what is written now: its own announcement is on its way. The next read makes one.
        return { item: await flights.share(key, () => fillEntry(context, key)), outcome: 'miss' };
      },
    };
  },
};
