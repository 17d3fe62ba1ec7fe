import {
  type EarlyEntry,
  fillEarlyEntry,
  isDueEarly,
  preloadEarlyEntries,
  readEarlyEntry,
} from '../early.ts';
import { fillUnderLock, type LockParameter, lockParameters, tryLock } from '../lock.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, predictPhysicalAge } from '../theory.ts';
import { betaParameter, keepEarly } from './xfetch.ts';

/** XFetch decides when, a lock decides who: the others go on with the entry, which is still good. */
export const xfetchLock: ReadStrategyDefinition<LockParameter | 'beta'> = {
  kind: 'read',
  name: 'xfetch+lock',
  idea: 'Readers throw XFetch’s dice; of those who are to reload one gets a lock and does, the others serve the entry.',
  source: 'XFetch (Vattani et al., VLDB 2015) with the lock of the Redis documentation of SET',
  weakness:
    'Two round trips more for each reload. A crashed holder stops early renewal for the lock time, and then the entry expires.',
  parameters: { ...lockParameters, beta: betaParameter(1) },
  expiry: 'early',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: 1, formula: '1' })),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    /** Reloads an entry that nobody has renewed since it was read, or goes on with it when another does. */
    async function renew(key: string, seen: EarlyEntry): Promise<EarlyEntry | null> {
      const release = await tryLock(context, key, values.lockMs);
      if (release === null) return seen;
      try {
        await context.barrier('afterLockAcquired', key);
        const current = await readEarlyEntry(context, key);
        if (current !== null && current.expiresAtMs !== seen.expiresAtMs) return current;
        return await fillEarlyEntry(context, key);
      } finally {
        await release();
      }
    }

    return {
      preload: (items) => preloadEarlyEntries(context, items),
      async get(key) {
        const cached = await readEarlyEntry(context, key);
        if (cached === null) {
          await context.barrier('afterCacheMiss', key);
          const filled = await fillUnderLock(context, key, values, {
            read: () => readEarlyEntry(context, key),
            fill: () => fillEarlyEntry(context, key),
          });
          return { item: filled?.item ?? null, outcome: 'miss' };
        }
        if (!isDueEarly(cached, values.beta, context.clock.wallMs(), context.random.next()))
          return { item: cached.item, outcome: 'hit' };
        const renewed = await renew(key, cached).catch((error: unknown) =>
          keepEarly(cached, error, context.onBackgroundError),
        );
        return { item: renewed?.item ?? null, outcome: renewed === cached ? 'hit' : 'miss' };
      },
    };
  },
};
