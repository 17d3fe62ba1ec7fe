import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { provideDatadir } from './template.ts';

let folder: string;
let template: string;
let initialised: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-test-'));
  template = join(folder, 'cache', 'template');
  initialised = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function initialise(datadir: string): Promise<void> {
  initialised += 1;
  await mkdir(join(datadir, 'mysql'));
  await writeFile(join(datadir, 'ibdata1'), 'system tables');
  await writeFile(join(datadir, 'mysql', 'db.frm'), 'accounts');
}

/** What a server of the n-th start is given. */
async function datadir(nth: number): Promise<Record<string, string>> {
  const path = join(folder, `data-${nth}`);
  await provideDatadir(path, template, initialise);
  const names = (await readdir(path, { recursive: true })).filter((name) => name !== 'mysql').sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')])),
  );
}

const WHOLE = { ibdata1: 'system tables', 'mysql/db.frm': 'accounts' };

test('a template is made once, and copied without what is ours', async () => {
  expect(await datadir(1)).toEqual(WHOLE);
  expect(await datadir(2)).toEqual(WHOLE);
  expect(initialised).toBe(1);
});

test.each<[string, () => Promise<void>]>([
  ['a file cut short', () => truncate(join(template, 'ibdata1'), 3)],
  ['a file of the same length written to', () => writeFile(join(template, 'ibdata1'), 'SYSTEM TABLES')],
  ['a file gone', () => rm(join(template, 'mysql', 'db.frm'))],
  ['all gone', () => rm(template, { recursive: true }).then(() => mkdir(template).then(() => undefined))],
  ['a file more', () => writeFile(join(template, 'core'), '')],
  ['a file in its place', () => rm(template, { recursive: true }).then(() => writeFile(template, ''))],
  ['the list of its contents gone', () => rm(join(template, 'cachestorm-contents'))],
])('a damaged template is made anew: %s', async (_, damage) => {
  await datadir(1);
  await damage();
  expect(await datadir(2)).toEqual(WHOLE);
  expect(await datadir(3)).toEqual(WHOLE);
  expect(initialised).toBe(2);
  expect(await readdir(join(folder, 'cache'))).toEqual(['template']);
});
