import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const LAUNCHER = fileURLToPath(new URL(`../../${manifest.bin.cachestorm}`, import.meta.url));
const OLD_NODE = fileURLToPath(new URL('./fixtures/old-node.cjs', import.meta.url));

const launched = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: tmpdir() });

test('starts from any folder', async () => {
  const { stdout } = await launched(LAUNCHER, '--version');
  expect(stdout).toBe(`${manifest.version}\n`);
});

test('says in one sentence which Node it needs, and how to get it', async () => {
  const error = await launched('--require', OLD_NODE, LAUNCHER, '--version').catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 2, stdout: '' });
  expect(error.stderr).toMatch(
    /^error: cachestorm needs Node 24 or newer, and \S+ is Node 20\.20\.2; run .*\n$/,
  );
});
