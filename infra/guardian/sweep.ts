// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeContainers } from '../engine/removal.ts';
import { killProcess, markedProcesses } from './processes.ts';
import { ROOT_RECORD } from './root.ts';

/** Between two looks: long enough for a child caught between fork and exec to show its environment. */
const BETWEEN_SCANS_MS = 25;
const CLEAN_SCANS = 2;
const MAX_SCANS = 200;

/**
 * Ends every process of a run, removes its containers, then its root directory. Harmless when there is nothing left.
 *
 * @param groups process groups to end where markers can't be relied on, that is anywhere but on Linux.
 * @throws Error when containers can't be removed; the root stays then, for a later sweep to find them.
 */
export async function sweepRun(runId: string, root: string, groups: Iterable<number> = []): Promise<void> {
  if (process.platform !== 'linux') for (const group of groups) killProcess(-group);
  let clean = 0;
  for (let scan = 0; clean < CLEAN_SCANS && scan < MAX_SCANS; scan++) {
    const marked = markedProcesses(runId);
    for (const pid of marked) killProcess(pid);
    clean = marked.length === 0 ? clean + 1 : 0;
    if (clean < CLEAN_SCANS) await delay(BETWEEN_SCANS_MS);
  }
  await removeContainers(runId, root);
  await removeRoot(root);
}

/** The record goes last: as long as anything is left, a later sweep can tell whose it was. */
async function removeRoot(root: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 30 };
  for (const name of await readdir(root).catch(() => [])) {
    if (name !== ROOT_RECORD) await rm(join(root, name), options);
  }
  await rm(root, options);
}
