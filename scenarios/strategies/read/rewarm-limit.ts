import { gatedLoads } from '../avalanche-theory.ts';
import { CacheWarmer, rewarmParameters } from '../cache-warmer.ts';
import { fillEntry, readEntry } from '../fill.ts';
import { readThroughGate } from '../gated-fill.ts';
import { LoadGate } from '../load-gate.ts';
import { noLoadWithoutMiss, warmingQueries } from '../loads-theory.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';
import { concurrencyLimit } from './concurrency-limit.ts';

const parameters = {
  ...rewarmParameters,
  ...concurrencyLimit.parameters,
} as const satisfies Record<string, Parameter>;

/** `rewarm` whose queries do not stand in line behind a herd. */
export const rewarmLimit: ReadStrategyDefinition<keyof typeof parameters> = {
  kind: 'read',
  name: 'rewarm+limit',
  idea: 'Few readers load at once and the others wait, so that the queries which fill the whole cache again come first, and those who waited find their entry.',
  source: 'rewarm and concurrency-limit together; measured here',
  weakness:
    'Fits a cache that holds all rows, and a database that reads many as cheaply as one, as the modelled one does. Refuses readers when filling takes longer than they may wait.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, (hot) => gatedLoads(hot, input.instances * (input.parameters.concurrency ?? 1))),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input, warmingQueries(input)),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const warmer = new CacheWarmer(context, values);
    const gate = new LoadGate(context, () => values.concurrency, values);
    return {
      start: () => warmer.warm().catch(context.onBackgroundError),
      preload: (items) => warmer.preload(items),
      async get(key, request) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        void warmer.warmIfLost(values.recheckMs);
        return readThroughGate(context, gate, { key, request }, () => fillEntry(context, key));
      },
    };
  },
};
