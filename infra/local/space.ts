import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BackendStartError } from '../errors.ts';

/** A server's first data and logs fit in. With less, the lack of it is worth telling beside whatever failed. */
const ENOUGH_BYTES = 256 * 1024 ** 2;

/**
 * Returns how little space is left for the files in `directory`, and what to do; `null` where there is enough. A server
 * that finds its disk full often dies without a word, as its log is on the same disk.
 */
async function shortOfSpace(directory: string): Promise<string | null> {
  const found = await statfs(directory).catch(() => null);
  if (found === null) return null;
  const { bavail, bsize, files, ffree } = found;
  const leftBytes = bavail * bsize;
  // Some file systems count no files.
  const noFiles = files > 0 && ffree === 0;
  if (leftBytes >= ENOUGH_BYTES && !noFiles) return null;
  const left = noFiles
    ? 'no more files can be made'
    : `only ${(leftBytes / 1024 ** 2).toFixed(1)} MiB are left`;
  return `${left} in ${directory}; free some, or put it elsewhere (TMPDIR, XDG_CACHE_HOME)`;
}

/** Returns the error for a server that did not start, which says so if `directory` has no space left for it. */
export async function startFailure(
  { product, directory }: { readonly product: string; readonly directory: string },
  reason: string,
  logTail: string | null,
  cause?: unknown,
): Promise<BackendStartError> {
  // The directory itself may be what could not be made.
  const short = (await shortOfSpace(directory)) ?? (await shortOfSpace(dirname(directory)));
  const why = logTail === null && cause instanceof Error ? `${reason}: ${cause.message}` : reason;
  return new BackendStartError(product, short === null ? why : `${why}; ${short}`, logTail, cause);
}
