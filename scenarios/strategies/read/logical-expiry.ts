import { noLoadWithoutNeed } from '../loads-theory.ts';
import { fillUnderLock, type LockParameter, lockParameters, tryLock } from '../lock.ts';
import { fillLogical, isExpired, preloadLogical, readLogical } from '../logical-fill.ts';
import type { Prediction, TheoryInput } from '../prediction.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { ageLimit, loadsPerExpiry, lockedLoads, nobodyWaits, stallOfKilledHolder } from '../theory.ts';

const parameters = {
  ...lockParameters,
  maxStaleMs: {
    unit: 'ms',
    default: 60_000,
    min: 0,
    max: 86_400_000,
    description:
      'How long past its expiry an entry may still be served; after that Redis drops it and readers wait.',
  },
} as const satisfies Record<string, Parameter>;

type LogicalParameter = LockParameter | 'maxStaleMs';

/** Entries outlive their expiry: whoever finds one expired answers with it and lets one reader refresh it. */
export const logicalExpiry: ReadStrategyDefinition<LogicalParameter> = {
  kind: 'read',
  name: 'logical-expiry',
  idea: 'The entry carries its expiry inside; a reader that finds it past serves it all the same while one refreshes it.',
  source: 'stale-while-revalidate (RFC 5861); the notes’ 邏輯過期',
  weakness:
    'Serves stale data at every expiry; after an idle time the first reader gets an old value, so the age is capped.',
  parameters,
  expiry: 'logical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => lockedLoads(input)),
    // Whoever finds it expired tries the lock once: nobody polls.
    ...stallOfKilledHolder(input, input.parameters.lockMs),
    ...nobodyWaits(input),
    ...noLoadWithoutNeed(input),
    oldestServed(input),
  ],
  create(context, values) {
    const refreshing = new Set<string>();
    const lifetime = { ttlMs: context.ttlMs, maxStaleMs: values.maxStaleMs };

    /** At most one attempt per key and process at a time: the lock then has P contenders instead of r d. */
    async function refresh(key: string): Promise<void> {
      if (refreshing.has(key)) return;
      refreshing.add(key);
      try {
        const release = await tryLock(context, key, values.lockMs);
        if (release === null) return;
        try {
          await context.barrier('afterLockAcquired', key);
          const current = await readLogical(context, key);
          if (current === null || isExpired(context, current)) await fillLogical(context, key, lifetime);
        } finally {
          await release();
        }
      } catch (error) {
        context.onBackgroundError(error);
      } finally {
        refreshing.delete(key);
      }
    }

    return {
      preload: (items) => preloadLogical(context, items, () => lifetime),
      async get(key) {
        const cached = await readLogical(context, key);
        if (cached === null) {
          await context.barrier('afterCacheMiss', key);
          const filled = await fillUnderLock(context, key, values, {
            read: () => readLogical(context, key),
            fill: () => fillLogical(context, key, lifetime),
          });
          return { item: filled?.item ?? null, outcome: 'miss' };
        }
        if (!isExpired(context, cached)) return { item: cached.item, outcome: 'hit' };
        void refresh(key);
        return { item: cached.item, outcome: 'stale' };
      },
    };
  },
};

/** A hot key is read, and so refreshed, as soon as it expires; any other may lie there for as long as it is kept. */
function oldestServed(input: TheoryInput): Prediction {
  if (input.hotKey !== null) {
    // Nobody may refresh it while the lock of a killed holder stands.
    const heldSec = input.killsPerExpiry === 0 ? 0 : (input.parameters.lockMs ?? 0) / 1000;
    const formula = heldSec === 0 ? 'T + 2 D + S' : 'T + lock time + 2 D + S';
    return ageLimit(input, input.ttlSec + heldSec + input.slowestLoadSec, formula);
  }
  const keptSec = (input.parameters.maxStaleMs ?? 0) / 1000;
  return ageLimit(input, input.ttlSec + keptSec, 'T + max stale + D + S');
}
