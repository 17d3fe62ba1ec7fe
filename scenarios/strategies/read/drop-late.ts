import { loadItem, preloadEntries, readEntry, writeEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import { LoadGate, type QueueParameter, queueParameters } from '../load-gate.ts';
import { SHED } from '../shed.ts';
import type { Item, ReadStrategyDefinition, StrategyContext } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, predictPhysicalAge } from '../theory.ts';

const SOURCE =
  'Metastable Failures in Distributed Systems (Bronson et al., HotOS 2021); in the Wild (Huang et al., OSDI 2022), section 5.3';

/** Cache-aside in a framework that cancels what its client no longer waits for: the query was made all the same. */
export const dropLate: ReadStrategyDefinition = {
  kind: 'read',
  name: 'drop-late',
  idea: 'Cache-aside whose handler ends with its client: a row that comes after the client has hung up is thrown away.',
  source: SOURCE,
  weakness:
    'Under overload every query is made, its row comes too late, and the cache stays empty: the storm feeds itself.',
  parameters: {},
  expiry: 'physical',
  predict: (input) => [...loadsPerExpiry(input, everyReaderLoads), predictPhysicalAge(input)],
  create(context) {
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, { signal }) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return { item: await fillWhileWaited(context, key, signal), outcome: 'miss' };
      },
    };
  },
};

/** The same with one load for all readers of a process: it is dropped when the last of them has hung up. */
export const dropLateSingleFlight: ReadStrategyDefinition = {
  ...dropLate,
  name: 'drop-late+single-flight',
  idea: 'As drop-late, with one load for the readers of a process, thrown away when none of them waits any more.',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    predictPhysicalAge(input),
  ],
  create(context) {
    const flights = new Flights<Item | null>();
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, { signal }) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const item = await flights.share(key, (deserted) => fillWhileWaited(context, key, deserted), signal);
        return { item, outcome: 'miss' };
      },
    };
  },
};

/**
 * The same behind a pool with a queue, as pools are: one that is not told when a client hangs up, so it serves
 * who is next, waited for or not.
 */
export const dropLateQueue: ReadStrategyDefinition<'concurrency' | QueueParameter> = {
  ...dropLate,
  name: 'drop-late+queue',
  idea: 'As drop-late, with a bounded number of loads and a bounded queue before them that knows nothing of hang-ups.',
  weakness:
    'All depends on the length: a queue that takes longer than its clients wait is full of requests that nobody waits for.',
  parameters: {
    concurrency: {
      unit: 'count',
      default: 20,
      min: 1,
      max: 10_000,
      description: 'Loads of one process at once.',
    },
    ...queueParameters,
  },
  predict: (input) => [
    // Who waited does not look again: all load, but for those who were refused.
    ...loadsPerExpiry(input, (hot) => ({ ...everyReaderLoads(hot), low: 1 })),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const gate = new LoadGate(context, () => values.concurrency, values);
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, { signal }) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const place = await gate.enter(unheard());
        if (place === null) return SHED;
        try {
          return { item: await fillWhileWaited(context, key, signal), outcome: 'miss' };
        } finally {
          place.leave();
        }
      },
    };
  },
};

/** A signal that never comes. One for each: a single one would gather the listeners of all who wait. */
function unheard(): AbortSignal {
  return new AbortController().signal;
}

async function fillWhileWaited(
  context: StrategyContext,
  key: string,
  hangUp: AbortSignal,
): Promise<Item | null> {
  const item = await loadItem(context, key);
  if (item !== null && !hangUp.aborted) await writeEntry(context, key, item);
  return item;
}
