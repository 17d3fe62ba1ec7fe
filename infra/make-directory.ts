import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface MakeDirectoryOptions {
  /** Of those that are made. @default as the process makes files */
  readonly mode?: number;
}

/**
 * Makes a directory and its missing parents; one that is there is left alone. Node's own `recursive` tries for ever
 * where a parent is there and takes no directory, as in /proc.
 */
export async function makeDirectory(path: string, options: MakeDirectoryOptions = {}): Promise<void> {
  try {
    await mkdir(path, options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST' && (await isDirectory(path))) return;
    const parent = dirname(path);
    // With its parent in place, a directory that can't be made won't be made by trying again.
    if (code !== 'ENOENT' || parent === path || (await isDirectory(parent))) throw error;
    await makeDirectory(parent, options);
    await mkdir(path, options);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
