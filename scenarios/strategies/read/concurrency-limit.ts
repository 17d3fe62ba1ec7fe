import { gatedLoads } from '../avalanche-theory.ts';
import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { readThroughGate } from '../gated-fill.ts';
import { LoadGate, type QueueParameter, queueParameters } from '../load-gate.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  concurrency: {
    unit: 'count',
    default: 20,
    min: 1,
    max: 10_000,
    description:
      'Loads of one process at once. A few more than the pool has connections, for a place is held until the entry is written; many more only move the queue into the pool.',
  },
  ...queueParameters,
} as const satisfies Record<string, Parameter>;

/** Before the database a queue that is bounded in length and in time; the rest is told so at once. */
export const concurrencyLimit: ReadStrategyDefinition<'concurrency' | QueueParameter> = {
  kind: 'read',
  name: 'concurrency-limit',
  idea: 'At most N loads run at once in a process, a bounded queue waits behind them, and the rest is refused at once.',
  source:
    'Fail at Scale (Maurer, ACM Queue 2015); Addressing Cascading Failures, in Site Reliability Engineering (2016)',
  weakness:
    'Refuses readers while the cache is cold. The limit is a guess, right for one speed of the database. Each process counts for itself.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, (hot) => gatedLoads(hot, input.instances * (input.parameters.concurrency ?? 1))),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const gate = new LoadGate(context, () => values.concurrency, values);
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, request) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return readThroughGate(context, gate, { key, request }, () => fillEntry(context, key));
      },
    };
  },
};
