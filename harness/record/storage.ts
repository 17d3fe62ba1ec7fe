import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { CachestormError } from '../failure/cachestorm-error.ts';

/** A file of a run can't be written: the disk is full, gone or read-only. */
export class StorageError extends CachestormError {
  readonly code = 'E_STORAGE';
  readonly failure = 'infrastructure';
  override readonly name = 'StorageError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota on this disk is used up',
  EFBIG: 'a file may not be this large here (ulimit -f)',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'it is not permitted',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EEXIST: 'there is a file of this name',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open (ulimit -n)',
};

/** Returns why the system refused, in words and with its code; `null` where the error is none of the system's. */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  const code = String(error.code);
  return `${REASONS[code] ?? 'the system refuses it'} (${code})`;
}

/** Returns what the system says against a file as a StorageError; any other error is a bug, and stays as it is. */
export function storageErrorOf(path: string, cause: unknown): unknown {
  const reason = systemReason(cause);
  return reason === null ? cause : new StorageError(`${path}: can't be written: ${reason}`, { cause });
}

/** Runs `write`, and turns what the system says against it into a StorageError; a bug stays a bug. */
export async function stored<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw storageErrorOf(path, cause);
  }
}

/**
 * Writes a file so that a reader, or a kill at any moment, finds the old one or the new one, whole.
 *
 * @throws StorageError when it can't be written: the old one is there still
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const draft = draftOf(path);
  await stored(path, async () => {
    try {
      const file = await open(draft, 'w');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      // The first error is the one to tell, and a disk that refused one call may refuse this one.
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/** Where a file is before it is whole. One process writes in a directory at a time, so the name is enough. */
export function draftOf(path: string): string {
  return `${path}.tmp`;
}

/** Makes a directory in one that is there; @returns false where there is something of its name */
export async function makeNewDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns whether there is something of that name, be it a link to nowhere. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
