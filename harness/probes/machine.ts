import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { hardFileLimit } from '../../infra/open-files.ts';
import type { Room } from '../plan/room.ts';

/**
 * Returns what this machine has for a run.
 *
 * @param serversHere whether the run's servers are processes of this machine, with their data below TMPDIR
 */
export async function readRoom(serversHere: boolean): Promise<Room> {
  // A directory that is not there is told by who wants to write to it.
  const disk = serversHere ? await statfs(tmpdir()).catch(() => null) : null;
  return {
    openFiles: hardFileLimit(),
    // Of the container, where there is one.
    memoryBytes: serversHere ? process.availableMemory() : null,
    diskBytes: disk === null ? null : disk.bavail * disk.bsize,
  };
}
