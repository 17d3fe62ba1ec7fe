import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/** Whether `path` is a file that we may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The directories of a PATH-like text, relative ones dropped: what they name depends on where one stands. */
export function pathDirectories(path: string | undefined): string[] {
  return (path ?? '').split(delimiter).filter(isAbsolute);
}

/** The directories that a pattern stands for: one `*` is any name in its place. */
export async function expandDirectory(pattern: string): Promise<string[]> {
  const [before, after] = pattern.split('/*', 2);
  if (before === undefined || after === undefined) return [pattern];
  try {
    return (await readdir(before)).sort().map((name) => join(before, name, after));
  } catch {
    return [];
  }
}

/** The first executable among `names` in `directories`: an earlier name wins over an earlier directory. */
export async function firstExecutable(
  names: readonly string[],
  directories: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    for (const pattern of directories) {
      for (const directory of await expandDirectory(pattern)) {
        const candidate = join(directory, name);
        if (await isExecutable(candidate)) return candidate;
      }
    }
  }
  return undefined;
}

/**
 * The program behind Debian's `rabbitmq-script-wrapper`; any other path is returned as it is.
 *
 * The wrapper runs the broker as the user `rabbitmq` with /var/lib/rabbitmq as home, which would take it
 * out of our private folder, and refuses every other user but root.
 */
export async function behindWrapper(path: string): Promise<string> {
  const real = await realpath(path);
  if (basename(real) !== 'rabbitmq-script-wrapper') return path;
  const inner = join(dirname(real), basename(path));
  return (await isExecutable(inner)) ? inner : path;
}
