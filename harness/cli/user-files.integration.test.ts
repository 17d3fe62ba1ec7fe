/** A user's file is code, and may do anything: exit code 0 comes from a command that has finished, and from nothing else. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, MAIN, start } from './testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'user-files-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LOADING = 'await new Promise((resolve) => setTimeout(resolve, 5_000));';

test.each([
  ['exits while it is loaded', 'process.exit(0);', 'calls process.exit'],
  ['exits later', `setTimeout(() => process.exit(0), 0); ${LOADING}`, 'calls process.exit'],
  [
    'exits through a promise',
    `Promise.resolve().then(() => process.exit(1)); ${LOADING}`,
    'calls process.exit',
  ],
  ['throws later', `setTimeout(() => { throw new Error('too late'); }, 0); ${LOADING}`, 'too late'],
  ['rejects later', `Promise.reject(new Error('nobody waits')); ${LOADING}`, 'nobody waits'],
  ['sets an exit code', 'process.exitCode = 0; throw new Error("not this time");', 'not this time'],
  ['leaves a timer', 'setInterval(() => {}, 1_000); export const x = 1;', 'expected exactly one export'],
  [
    'leaves a server',
    'import { createServer } from "node:net"; createServer().listen(0, "127.0.0.1"); export const x = 1;',
    'expected exactly one export',
  ],
])('a file that %s is wrong usage, by its name', async (what, code, words) => {
  const name = `${what.replaceAll(' ', '-')}.ts`;
  await writeFile(join(folder, name), code);
  const ended = await finish(start(['run', `./${name}`, '--out', 'out'], { cwd: folder }));
  expect(ended.stderr).toContain(words);
  expect(ended.stderr).toContain(name);
  expect(ended.stderr).not.toContain('bug');
  expect(ended).toMatchObject({ code: 2, stdout: '' });
});

test('all is read by a slow reader before the command ends', async () => {
  // A pipe holds 64 kB. Not to wait for something, but to give a command that does not care the time to leave.
  const slow = '(dd bs=1 count=1 2>/dev/null; sleep 0.5; cat)';
  const child = spawn('sh', ['-c', `"$0" "$1" list --json | ${slow}`, process.execPath, MAIN]);
  const written = await text(child.stdout);
  expect(written.length).toBeGreaterThan(2 ** 16);
  expect(JSON.parse(written)).toHaveProperty('strategies');
});
