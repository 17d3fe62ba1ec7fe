/** Finds whether a directory is fit for a run, and says why not. */
import { CachestormError } from '../failure/cachestorm-error.ts';
import { lockDirectory } from './directory-lock.ts';
import type { EarlierRun, Found } from './earlier-run.ts';
import { StorageError, systemReason } from './storage.ts';

/** A directory can't be used for a run, or to judge one again. Nothing in it was touched. */
export class RunDirectoryError extends CachestormError {
  readonly code = 'E_RUN_DIRECTORY';
  readonly failure = 'usage';
  override readonly name = 'RunDirectoryError';
}

/** Says what the system has against a directory, in the user's words. */
export async function usable<T>(named: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === null) throw cause;
    const message = `${named}: expected a directory that can be written: ${reason}`;
    throw isFull(cause) ? new StorageError(message, { cause }) : new RunDirectoryError(message, { cause });
  }
}

function isFull(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EIO'].includes(String(error.code))
  );
}

export function expectOurs(path: string, found: Found): EarlierRun | null {
  if (found === null || !('names' in found)) return found;
  throw new RunDirectoryError(
    `--out ${path}: expected an empty directory or that of an earlier run, found ${found.names.slice(0, 3).join(', ')}`,
  );
}

export function takeLock(path: string): Disposable {
  const lock = lockDirectory(path);
  if (Symbol.dispose in lock) return lock;
  throw new RunDirectoryError(
    `${path}: another command works in it (${lock.owner}); expected another directory, or that it ends first. If it is over, remove ${lock.path}`,
  );
}

/** Where no lock can be written, nobody else writes either; what is there can be judged and shown. */
export function takeLockIfWritable(path: string): Disposable {
  try {
    return takeLock(path);
  } catch (error) {
    if (systemReason(error) === null) throw error;
    return { [Symbol.dispose]: () => undefined };
  }
}
