import type { Origin, ReadStrategy } from '../../scenarios/strategies/strategy.ts';

/** A query each, and one round trip to Redis. */
const BATCH = 1_000;
/** However long its values are, which shows in the first batch. */
const FEWEST = 4;
/** Of values in one batch: a process has all of it in memory, a few times over. */
const BATCH_BYTES = 4_000_000;

/**
 * Puts all rows into the cache, as a nightly job would: entries written together end together.
 *
 * @param onBatch called when so many more are there
 * @throws Error when the strategy has no way to do so
 */
export async function preload(reader: ReadStrategy, origin: Origin, onBatch: () => void): Promise<void> {
  if (reader.preload === undefined) throw new Error('the strategy has no preload, which this scenario needs');
  let count = FEWEST;
  for await (const keys of origin.keys(BATCH)) {
    for (let from = 0; from < keys.length; ) {
      const items = await origin.loadMany(keys.slice(from, from + count));
      await reader.preload(items);
      onBatch();
      from += count;
      const longest = Math.max(1, ...items.map(({ value }) => value.length));
      count = Math.min(BATCH, Math.max(FEWEST, Math.floor(BATCH_BYTES / longest)));
    }
  }
}
