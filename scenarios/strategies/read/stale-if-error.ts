import { predictKeptAge } from '../avalanche-theory.ts';
import { noLoadWithoutNeed } from '../loads-theory.ts';
import { fillLogical, isExpired, preloadLogical, readLogical } from '../logical-fill.ts';
import { StaleFallback, type StaleParameter, staleParameters } from '../stale-fallback.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing } from '../theory.ts';

/** Expired entries are kept for the day when the database does not answer. */
export const staleIfError: ReadStrategyDefinition<StaleParameter> = {
  kind: 'read',
  name: 'stale-if-error',
  idea: 'Keep entries past their expiry; a reader loads a new one, and gets the old when the load fails or takes too long.',
  source: 'stale-if-error, RFC 5861 (Nottingham, 2010)',
  weakness:
    'Has nothing to serve after a flush or a cold start. Redis holds entries longer, and the oldest answers are as old as they are kept. The late loads still run.',
  parameters: staleParameters,
  expiry: 'logical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutNeed(input),
    predictKeptAge(input),
  ],
  create(context, { maxStaleMs, timeoutMs }) {
    const fallback = new StaleFallback(context, timeoutMs);
    const lifetime = { ttlMs: context.ttlMs, maxStaleMs };
    return {
      preload: (items) => preloadLogical(context, items, () => lifetime),
      async get(key, request) {
        const cached = await readLogical(context, key);
        if (cached !== null && !isExpired(context, cached)) return { item: cached.item, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return fallback.read(key, cached, () => fillLogical(context, key, lifetime), request);
      },
    };
  },
};
