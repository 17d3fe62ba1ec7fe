// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { setTimeout as delay } from 'node:timers/promises';
import type { Remains } from '../backend.ts';

/** How long all of it may take. A server that does not answer keeps what it has, and a later run finds it there. */
const WITHIN_MS = 30_000;

/** What a module that removes remains exports. */
export interface RemainsModule {
  remove(data: unknown): Promise<void>;
}

/** Removes what a run has left on servers that outlive it, all at once. What can't be removed is left. */
export async function removeRemains(all: readonly Remains[]): Promise<void> {
  if (all.length === 0) return;
  const removing = all.map(async ({ module, data }) => {
    const { remove } = (await import(module)) as RemainsModule;
    await remove(data);
  });
  await Promise.race([Promise.allSettled(removing), delay(WITHIN_MS)]);
}
