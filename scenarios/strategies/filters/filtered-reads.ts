import { preloadEntries } from '../fill.ts';
import type { ReadResult, ReadStrategy, StrategyContext } from '../strategy.ts';
import type { KeptFilter } from './filter-upkeep.ts';

/** Reads of keys that the filter has; others are answered at once. */
export function filteredReads(
  context: StrategyContext,
  filter: KeptFilter,
  read: (key: string) => Promise<ReadResult>,
): ReadStrategy {
  return {
    start: () => filter.start(),
    written: async (key) => filter.add(key),
    preload: (items) => preloadEntries(context, items),
    get: async (key) => (filter.mayExist(key) ? read(key) : { item: null, outcome: 'null' }),
  };
}
