import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'make-directory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('makes what is missing, with its mode, and leaves what is there', async () => {
  const path = join(folder, 'a/b/c/');
  await makeDirectory(path, { mode: 0o700 });
  await makeDirectory(path);
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  await symlink(join(folder, 'a'), join(folder, 'link'));
  await makeDirectory(join(folder, 'link'));
  await makeDirectory(join(folder, 'link/d'));
  expect((await stat(join(folder, 'a/d'))).isDirectory()).toBe(true);
});

test.each(['/proc/nope', '/proc/nope/deeper', '/dev/null/deeper', ''])(
  'ends where none can be made: %j',
  async (path) => {
    await expect(makeDirectory(path)).rejects.toMatchObject({ syscall: 'mkdir' });
  },
);

test('is no file, and no link to nowhere', async () => {
  await writeFile(join(folder, 'file'), '');
  await symlink('/proc/nope', join(folder, 'link'));
  await expect(makeDirectory(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(folder, 'link'))).rejects.toMatchObject({ code: 'EEXIST' });
});

test('is what makes every directory with its parents', async () => {
  const files = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  // Tests, and attacks, make theirs in folders of their own.
  const sources = files.filter((file) => !/\.(test|suite)\.ts$|^ci\/proofs\/attacks\//.test(file));
  expect(sources.length).toBeGreaterThan(300);
  const texts = await Promise.all(
    sources.map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') })),
  );
  const byNode = texts.filter(({ text }) => /\bmkdir(Sync)?\([^;]*recursive: true/.test(text));
  // In a run's own directory, which is there.
  expect(byNode.map(({ file }) => file)).toEqual(['infra/engine/journal.ts']);
});
