import { AimdLimit } from '../aimd-limit.ts';
import { gatedLoads } from '../avalanche-theory.ts';
import { loadItem, preloadEntries, readEntry, writeEntry } from '../fill.ts';
import { readThroughGate } from '../gated-fill.ts';
import { LoadGate, queueParameters } from '../load-gate.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import type { Item, Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  initial: {
    unit: 'count',
    default: 16,
    min: 1,
    max: 10_000,
    description: 'Loads of one process at once, to begin with.',
  },
  min: { unit: 'count', default: 2, min: 1, max: 10_000, description: 'Never fewer.' },
  max: { unit: 'count', default: 200, min: 1, max: 10_000, description: 'Never more.' },
  targetMs: {
    unit: 'ms',
    default: 200,
    min: 1,
    max: 60_000,
    description:
      'A load that takes longer, waiting for a connection included, lowers the limit. Below the bare query time the limit falls to its minimum.',
  },
  decrease: {
    unit: 'fraction',
    default: 0.9,
    min: 0.1,
    max: 0.99,
    description: 'What the limit is multiplied with then.',
  },
  ...queueParameters,
} as const satisfies Record<string, Parameter>;

/** The gate of `concurrency-limit`, with a limit that is found instead of set. */
export const adaptiveLimit: ReadStrategyDefinition<keyof typeof parameters> = {
  kind: 'read',
  name: 'adaptive-limit',
  idea: 'The limit of loads at once grows while they are fast and shrinks when one is slow; a bounded queue waits, the rest is refused.',
  source:
    'AIMD: Chiu and Jain, 1989; AIMDLimit of Netflix’s concurrency-limits (Performance Under Load, Netflix Tech Blog 2018)',
  weakness:
    'Needs a target latency instead of a limit. Loads up to the target wait in the pool, so it keeps a longer queue than a limit that is set right.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, (hot) => gatedLoads(hot, input.instances * (input.parameters.max ?? 1))),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const limit = new AimdLimit(values);
    const gate = new LoadGate(context, () => limit.current, values);

    async function observedFill(key: string): Promise<Item | null> {
      const startedAtMs = context.clock.wallMs();
      let failed = true;
      let item: Item | null;
      try {
        item = await loadItem(context, key);
        failed = false;
      } finally {
        limit.observe({ startedAtMs, endedAtMs: context.clock.wallMs(), inFlight: gate.inside, failed });
      }
      if (item !== null) await writeEntry(context, key, item);
      return item;
    }

    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, request) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return readThroughGate(context, gate, { key, request }, () => observedFill(key));
      },
    };
  },
};
