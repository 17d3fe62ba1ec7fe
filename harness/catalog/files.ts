import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inTime } from '../process/in-time.ts';
import { thrownWords, UsageError } from './errors.ts';

/** Names have no slashes, and no dots but before a digit (`xfetch-beta-0.5`); anything else is the path of a file. */
export function isPath(reference: string): boolean {
  return /[/\\]|\.(?!\d)/.test(reference);
}

/** How long a file may take to load: one that waits for a server at its top level may never be done. */
const LOADS_WITHIN_MS = 10_000;
const TOO_LATE = `it was not done after ${LOADS_WITHIN_MS / 1e3} s; does it await something at its top level?`;

/**
 * Imports a user's file and picks from its exports the default one, or the only one that `fits`.
 *
 * @param wanted What the file should export, for the message.
 * @throws UsageError when it can't be read, does not compile, or exports no such thing.
 */
export async function importFile(
  path: string,
  fits: (candidate: object) => boolean,
  wanted: string,
): Promise<object> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch(() => null);
  if (found === null) {
    throw new UsageError([{ path, message: `no such file; expected a file that exports ${wanted}` }]);
  }
  // Node reads the rest to its end, and nothing else happens meanwhile: of a pipe or a device there may be none.
  if (!found.isFile()) {
    const kind = found.isDirectory() ? 'a directory' : 'a pipe or a device';
    throw new UsageError([{ path, message: `expected a file that exports ${wanted}, found ${kind}` }]);
  }
  let module: Record<string, unknown>;
  try {
    const loading = import(pathToFileURL(absolute).href) as Promise<Record<string, unknown>>;
    module = await inTime(loading, LOADS_WITHIN_MS, () => new Error(TOO_LATE));
  } catch (cause) {
    throw new UsageError([{ path, message: `could not be loaded: ${thrownWords(cause)}` }]);
  }
  try {
    return picked(module, path, fits, wanted);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    // A proxy that throws at every question.
    throw new UsageError([{ path, message: `could not be read: ${thrownWords(cause)}` }]);
  }
}

function picked(
  module: Record<string, unknown>,
  path: string,
  fits: (candidate: object) => boolean,
  wanted: string,
): object {
  const fitting = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && fits(value);
  if (fitting(module.default)) return module.default;
  const candidates = Object.values(module).filter(fitting);
  const [found] = candidates;
  if (found === undefined || new Set(candidates).size > 1) {
    const names = Object.keys(module).join(', ') || 'nothing';
    throw new UsageError([
      { path, message: `expected exactly one export that is ${wanted}; it exports ${names}` },
    ]);
  }
  return found;
}
