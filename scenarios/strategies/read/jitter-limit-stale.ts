import { peakOfSpreadExpiries, predictKeptAge } from '../avalanche-theory.ts';
import { jitteredTtlMs, jitterParameters } from '../jitter.ts';
import { LoadGate } from '../load-gate.ts';
import { noLoadWithoutNeed } from '../loads-theory.ts';
import { fillLogical, isExpired, preloadLogical, readLogical } from '../logical-fill.ts';
import { type Loaded, StaleFallback, staleParameters } from '../stale-fallback.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing } from '../theory.ts';
import { concurrencyLimit } from './concurrency-limit.ts';

const parameters = {
  ...jitterParameters,
  ...concurrencyLimit.parameters,
  ...staleParameters,
} as const satisfies Record<string, Parameter>;

/** A layer for each trigger: entries that expire together, a cache that is empty, a database that is slow. */
export const jitterLimitStale: ReadStrategyDefinition<keyof typeof parameters> = {
  kind: 'read',
  name: 'jitter+limit+stale',
  idea: 'Spread the expiries, share loads in the process, let N of them run and few wait; who finds no room gets the old value, and is refused only when there is none.',
  source:
    'ttl-jitter, single-flight, concurrency-limit and stale-if-error together, in the spirit of Addressing Cascading Failures, in Site Reliability Engineering (2016)',
  weakness:
    'Refuses readers of a cold cache, and serves the oldest data of all. Each layer has a parameter that can be set wrong.',
  parameters,
  expiry: 'logical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...peakOfSpreadExpiries(input),
    ...noLoadWithoutNeed(input),
    predictKeptAge(input),
  ],
  create(context, values) {
    const gate = new LoadGate(context, () => values.concurrency, values);
    const fallback = new StaleFallback(context, values.timeoutMs);
    const lifetime = () => ({
      ttlMs: jitteredTtlMs(context, values.spread),
      maxStaleMs: values.maxStaleMs,
    });

    async function gatedLoad(key: string, deserted: AbortSignal): Promise<Loaded> {
      const place = await gate.enter(deserted);
      if (place === null) return 'refused';
      try {
        if (place.waited) {
          const filled = await readLogical(context, key);
          if (filled !== null && !isExpired(context, filled)) return filled;
        }
        return await fillLogical(context, key, lifetime());
      } finally {
        place.leave();
      }
    }

    return {
      preload: (items) => preloadLogical(context, items, lifetime),
      async get(key, request) {
        const cached = await readLogical(context, key);
        if (cached !== null && !isExpired(context, cached)) return { item: cached.item, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return fallback.read(key, cached, (deserted) => gatedLoad(key, deserted), request);
      },
    };
  },
};
