import type { Origin, ReadStrategy } from '../../scenarios/strategies/strategy.ts';

/** A query each, and one round trip to Redis. */
const BATCH = 1_000;

/**
 * Puts all rows into the cache, as a nightly job would: entries written together end together.
 *
 * @param onBatch called when so many more are there
 * @throws Error when the strategy has no way to do so
 */
export async function preload(reader: ReadStrategy, origin: Origin, onBatch: () => void): Promise<void> {
  if (reader.preload === undefined) throw new Error('the strategy has no preload, which this scenario needs');
  for await (const keys of origin.keys(BATCH)) {
    await reader.preload(await origin.loadMany(keys));
    onBatch();
  }
}
