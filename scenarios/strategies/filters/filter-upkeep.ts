import type { StrategyContext } from '../strategy.ts';
import { capacityFor, type FilterParameter, type KeyFilter, type MakeFilter } from './key-filter.ts';

/** A filter of this process's own, kept up with the database. */
export interface KeptFilter {
  /** Builds it, and from then on builds it anew in the background. */
  start(): Promise<void>;
  /** `false`: no such row, as far as this process knows. Before the filter is built every key may exist. */
  mayExist(key: string): boolean;
  add(key: string): void;
}

/** Keys hashed in one go: a few milliseconds during which the process answers nobody. */
const SLICE = 250;

/**
 * Builds a filter from the keys of all rows, and keeps it up: keys written through this process are added at
 * once, those of others come with the next build.
 */
export function keepFilter(
  context: StrategyContext,
  { errorRate, headroom, rebuildMs }: Readonly<Record<FilterParameter, number>>,
  makeFilter: MakeFilter,
): KeptFilter {
  let filter: KeyFilter | null = null;
  // Keys that a full filter did not take: without them an existing row would be denied.
  let overflow = new Set<string>();
  // Keys added while a filter is built: the scan may have passed their place before the row was there.
  let meanwhile: string[] | null = null;

  async function build(): Promise<void> {
    const added: string[] = [];
    meanwhile = added;
    try {
      const keys: string[] = [];
      for await (const batch of context.origin.keys()) keys.push(...batch);
      const seed = Math.floor(context.random.next() * 2 ** 32);
      const built = makeFilter(capacityFor(keys.length + added.length, headroom), errorRate, seed);
      const refused = new Set<string>();
      for (let from = 0; from < keys.length; from += SLICE) {
        addAll(keys.slice(from, from + SLICE), built, refused);
        await context.clock.sleep(0, context.signal);
      }
      // No await between this and the exchange: nothing can be added in between.
      addAll(added, built, refused);
      filter = built;
      overflow = refused;
    } finally {
      meanwhile = null;
    }
  }

  async function rebuildForever(): Promise<void> {
    while (!context.signal.aborted) {
      try {
        await context.clock.sleep(rebuildMs, context.signal);
        await build();
      } catch (error) {
        // The old filter stays: it denies rows that others inserted since, for longer.
        if (!context.signal.aborted) context.onBackgroundError(error);
      }
    }
  }

  return {
    async start() {
      await build();
      void rebuildForever();
    },
    mayExist: (key) => filter === null || filter.has(key) || overflow.has(key),
    add(key) {
      meanwhile?.push(key);
      if (filter !== null) addAll([key], filter, overflow);
    },
  };
}

function addAll(keys: readonly string[], filter: KeyFilter, refused: Set<string>): void {
  for (const key of keys) if (!filter.add(key)) refused.add(key);
}
