import { createHash, randomBytes } from 'node:crypto';
import { constants, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, relative } from 'node:path';
import { systemClock } from '../../../harness/time/clock.ts';
import { makeDirectory } from '../../make-directory.ts';
import type { DatabaseProgram } from '../find/programs.ts';
import type { Dialect } from './dialect.ts';

/** Fills an empty, existing directory with a fresh data directory. */
export type Initialise = (datadir: string) => Promise<void>;

const ABANDONED_AFTER_MS = 3_600_000;

/** What a template had in it when it was made. A server that is given less, or other files, dies without saying why. */
const CONTENTS = 'cachestorm-contents';

/**
 * Puts a freshly initialised data directory at `datadir`, which must not exist yet.
 *
 * Copies the machine's template, making that first when there is none, or one that is not as it was made: a full disk
 * may have cut it short. Where no template can be kept (a
 * read-only home) the directory is initialised in place, which takes longer and is as good.
 */
export async function provideDatadir(datadir: string, templatePath: string, initialise: Initialise) {
  if (!(await isWhole(templatePath)) && !(await makeTemplate(templatePath, initialise))) {
    await mkdir(datadir, { mode: 0o700 });
    await initialise(datadir);
    return;
  }
  // FICLONE: on file systems that can, the copy shares its blocks with the template and costs nothing.
  await cp(templatePath, datadir, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => basename(path) !== CONTENTS,
  });
}

/** Where the template lies of this product, version and way of initialising. */
export function templatePathOf(
  program: DatabaseProgram,
  dialect: Dialect,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const cache = env.XDG_CACHE_HOME ?? '';
  const base = isAbsolute(cache) ? cache : join(homedir(), '.cache');
  const hash = createHash('sha256')
    .update(JSON.stringify([dialect.templateFormat, dialect.shapeArgs, process.platform, process.arch]))
    .digest('hex')
    .slice(0, 8);
  return join(base, 'cachestorm', `${program.product}-${program.version}-${hash}`);
}

/**
 * Makes the template under a name of its own and renames it when it is whole: two runs at once make two of
 * which one stays, and a kill in the middle leaves only a folder that a later call removes.
 *
 * @returns false when the cache folder can't be written.
 */
async function makeTemplate(templatePath: string, initialise: Initialise): Promise<boolean> {
  const draft = `${templatePath}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await makeDirectory(draft, { mode: 0o700 });
  } catch {
    return false;
  }
  try {
    await removeAbandonedDrafts(join(templatePath, '..'));
    await initialise(draft);
    // MySQL's server identity: every copy is to make its own.
    await rm(join(draft, 'auto.cnf'), { force: true });
    await writeFile(join(draft, CONTENTS), await contentsOf(draft));
    await rename(draft, templatePath).catch(() => replaceTemplate(templatePath, draft));
    return true;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function removeAbandonedDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.includes('.draft-')) continue;
    const path = join(directory, name);
    const modifiedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (systemClock.wallMs() - modifiedMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Puts the draft where something is already: as good a template of a run that was quicker, or a damaged one. */
async function replaceTemplate(templatePath: string, draft: string): Promise<void> {
  if (await isWhole(templatePath)) return;
  // In one step: whoever looks finds the damaged one or none, and no half of it.
  await rename(templatePath, `${draft}-damaged`);
  await rename(draft, templatePath);
  await rm(`${draft}-damaged`, { recursive: true, force: true });
}

async function isWhole(templatePath: string): Promise<boolean> {
  try {
    return (await readFile(join(templatePath, CONTENTS), 'utf8')) === (await contentsOf(templatePath));
  } catch {
    return false;
  }
}

/** Names, sizes and times of all files: what cuts one short or writes to it changes that. */
async function contentsOf(directory: string): Promise<string> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && entry.name !== CONTENTS);
  const lines = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    const { size, mtimeMs } = await stat(path);
    return `${relative(directory, path)} ${size} ${mtimeMs}\n`;
  });
  return (await Promise.all(lines)).sort().join('');
}
