import { LRUCache } from 'lru-cache';
import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { Heat } from '../heat.ts';
import type { Item, Parameter, ReadResult, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  hotReads: {
    unit: 'count',
    default: 50,
    min: 1,
    max: 1_000_000,
    description: 'Reads of a key in one window, in one process, that make it hot.',
  },
  windowMs: {
    unit: 'ms',
    default: 1_000,
    min: 10,
    max: 3_600_000,
    description: 'The window in which reads are counted.',
  },
  l1TtlMs: {
    unit: 'ms',
    default: 100,
    min: 1,
    max: 3_600_000,
    description: 'How long a process keeps a hot key to itself: as much older than T the data may be.',
  },
  l1Entries: {
    unit: 'count',
    default: 1_000,
    min: 1,
    max: 10_000_000,
    description: 'Keys in a process at most; the least recently used goes first.',
  },
} as const satisfies Record<string, Parameter>;

type L1Parameter = keyof typeof parameters;

/** Keys that are asked for often are kept in the process for a moment: one reader of each process goes to Redis. */
export const hotKeyL1: ReadStrategyDefinition<L1Parameter> = {
  kind: 'read',
  name: 'hot-key-l1',
  idea: 'A process counts reads; a key that is hot it keeps in its own memory for a moment, and one reader renews it.',
  source: 'Hot-key caches: JD hotkey (2020); two-level caches of Caffeine or lru-cache before Redis',
  weakness:
    'Knows only its own process: P loads an expiry. Data gets older by the time in memory, and a delete in Redis does not reach it.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    // The process that comes later may find the entry already filled.
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: '<= P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    {
      ...predictPhysicalAge({ ...input, ttlSec: input.ttlSec + (input.parameters.l1TtlMs ?? 0) / 1000 }),
      formula: 'T + L1 + D + S',
    },
  ],
  create(context, values) {
    const heat = new Heat(values.hotReads, values.windowMs);
    const lookups = new Flights<ReadResult>();
    const loads = new Flights<Item | null>();
    const l1 = new LRUCache<string, Item>({
      max: values.l1Entries,
      ttl: values.l1TtlMs,
      // No clock and no timer but ours.
      ttlResolution: 0,
      perf: { now: context.clock.wallMs },
    });

    async function lookUp(key: string): Promise<ReadResult> {
      const cached = await readEntry(context, key);
      if (cached !== null) return { item: cached, outcome: 'hit' };
      await context.barrier('afterCacheMiss', key);
      return { item: await loads.share(key, () => fillEntry(context, key)), outcome: 'miss' };
    }

    async function lookUpAndKeep(key: string): Promise<ReadResult> {
      const result = await lookUp(key);
      if (result.item !== null) l1.set(key, result.item);
      return result;
    }

    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const hot = heat.note(key, context.clock.wallMs());
        const held = l1.get(key);
        if (held !== undefined) return { item: held, outcome: 'l1' };
        return hot ? lookups.share(key, () => lookUpAndKeep(key)) : lookUp(key);
      },
      async written(key) {
        l1.delete(key);
      },
    };
  },
};
