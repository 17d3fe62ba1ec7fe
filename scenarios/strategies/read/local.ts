import { loadItem } from '../fill.ts';
import { Flights } from '../flights.ts';
import { type L1Parameter, LocalCopies, l1Parameters } from '../local-copies.ts';
import type { Item, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerMissing, predictPhysicalAge, predictStaleness } from '../theory.ts';

/** A cache in the process alone: the fastest read there is, once for every process. */
export const local: ReadStrategyDefinition<L1Parameter> = {
  kind: 'read',
  name: 'local',
  idea: 'Keep rows in the process’s own memory for a short time, and nothing in Redis; readers of a key share one load.',
  source: 'Loading caches of Guava (2011) and Caffeine (2015)',
  weakness:
    'Each process loads and holds its own copies, and starts without any. A write drops the copy of its own process; the others serve the old value until theirs end.',
  parameters: l1Parameters,
  expiry: 'physical',
  // Loads per expiry can't be said: no entry of Redis expires.
  predict: (input) => {
    const heldSec = Math.min(input.ttlSec, (input.parameters.l1TtlMs ?? 0) / 1000);
    return [
      ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
      { ...predictPhysicalAge({ ...input, ttlSec: heldSec }), formula: 'L1 + D + S' },
      ...predictStaleness(input, heldSec, 'L1 + D'),
    ];
  },
  create(context, { l1TtlMs, l1Entries }) {
    const copies = new LocalCopies(context, { maxItems: l1Entries, maxMs: l1TtlMs });
    const flights = new Flights<Item | null>();
    const load = (key: string) => copies.keeping(key, () => loadItem(context, key));

    return {
      async preload(items) {
        for (const item of items) copies.reading(item.id)(item);
      },
      async get(key) {
        const copy = copies.get(key);
        if (copy !== undefined) return { item: copy, outcome: 'l1' };
        await context.barrier('afterCacheMiss', key);
        return { item: await flights.share(key, () => load(key)), outcome: 'miss' };
      },
      async written(key) {
        copies.invalidate(key);
      },
    };
  },
};
