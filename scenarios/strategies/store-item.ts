import type { Item, StoreOptions } from './strategy.ts';
import type { WriteContext } from './write-strategy.ts';

/**
 * Writes the row, stopping at the barriers around it.
 *
 * @returns The item as it was committed, its age counted from before the database was asked.
 * @throws OriginError as `Origin.store`
 */
export async function storeItem(
  context: WriteContext,
  key: string,
  value: string,
  options?: StoreOptions,
): Promise<Item> {
  await context.barrier('beforeDbWrite', key);
  const loadedAtMs = context.clock.wallMs();
  const version = await context.origin.store(key, value, options);
  await context.barrier('afterDbCommit', key);
  return { id: key, value, version, loadedAtMs };
}

/** What is put into the cache before the database has assigned a version. */
export function unversionedItem(context: WriteContext, key: string, value: string): Item {
  return { id: key, value, version: 0, loadedAtMs: context.clock.wallMs() };
}
