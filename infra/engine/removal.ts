// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { setTimeout as delay } from 'node:timers/promises';
import { type EngineJournal, readEngineJournal } from './journal.ts';
import { engineRequest } from './request.ts';

/** The label that every container and volume of a run carries; its value is the run's id. */
export const RUN_LABEL = 'cachestorm.run';

const BETWEEN_LOOKS_MS = 50;
/** How long a container may take to appear that the engine was asked for when the harness died. */
const APPEARS_WITHIN_MS = 10_000;
const MAX_LOOKS = 400;

/**
 * Removes every container of a run with its volumes, by their label, and waits for those that are still being
 * created. Does nothing for a run without containers.
 *
 * By label and not by a list of ids: an id is known only after the container is there, and a harness can die in
 * between. The engine is asked without a client library, as the guardian must be there in milliseconds.
 *
 * @throws Error when the engine does not answer, or does not let go.
 */
export async function removeContainers(runId: string, root: string): Promise<void> {
  const journal = readEngineJournal(root);
  if (journal === undefined) return;
  const awaited = new Set(journal.creating);
  for (let look = 0; look < MAX_LOOKS; look++) {
    const found = await containersOf(journal, runId);
    for (const { names } of found) for (const name of names) awaited.delete(name);
    const query = { force: 'true', v: 'true' };
    await Promise.all(found.map(({ id }) => remove(journal, `/containers/${id}`, query)));
    const waiting = awaited.size > 0 && look * BETWEEN_LOOKS_MS < APPEARS_WITHIN_MS;
    // A volume is held for as long as its container is.
    if (found.length === 0 && !waiting && (await removeVolumes(journal, runId)) === 0) return;
    await delay(BETWEEN_LOOKS_MS);
  }
  throw new Error(
    `containers or volumes of run ${runId} can't be removed by the engine at ${journal.socketPath}`,
  );
}

interface Found {
  readonly id: string;
  readonly names: readonly string[];
}

async function containersOf({ socketPath }: EngineJournal, runId: string): Promise<Found[]> {
  const query = { all: 'true', filters: { label: [`${RUN_LABEL}=${runId}`] } };
  const { status, body } = await engineRequest(socketPath, 'GET', '/containers/json', query);
  if (status !== 200) throw new Error(`the engine at ${socketPath} does not list containers: ${status}`);
  return (body as { Id: string; Names?: string[] }[]).map(({ Id: id, Names: names = [] }) => ({
    id,
    names: names.map((name) => name.replace(/^\//, '')),
  }));
}

/** Gives how many there were. */
async function removeVolumes(journal: EngineJournal, runId: string): Promise<number> {
  const query = { filters: { label: [`${RUN_LABEL}=${runId}`] } };
  const { body } = await engineRequest(journal.socketPath, 'GET', '/volumes', query);
  const volumes = (body as { Volumes?: { Name: string }[] | null } | null)?.Volumes ?? [];
  for (const { Name: name } of volumes) await remove(journal, `/volumes/${name}`, { force: 'true' });
  return volumes.length;
}

/** Whatever is answered: the next look tells. */
async function remove({ socketPath }: EngineJournal, path: string, query: Record<string, string>) {
  await engineRequest(socketPath, 'DELETE', path, query);
}
