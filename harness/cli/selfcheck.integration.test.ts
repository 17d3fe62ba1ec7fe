/** The command as a user runs it, on a few of its checks: all of them take most of a minute. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

async function selfcheck(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'selfcheck', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
}

test('tells of each check, and ends with 0 when all of them hold', async () => {
  const { stdout, code } = await selfcheck('--check', 'wire-fin,ground-truth');
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
    'check truth',
    '✓ wire-fin',
    '✓ ground-truth',
    '✓ Held:',
  ]);
  expect(code).toBe(0);
});

test('says the same in JSON', async () => {
  const { stdout, code } = await selfcheck('--check', 'wire-fin', '--json');
  const { verdict, checks } = JSON.parse(stdout);
  expect({ verdict, names: checks.map(({ name }: { name: string }) => name), code }).toEqual({
    verdict: 'pass',
    names: ['wire-fin'],
    code: 0,
  });
});

test('an unknown check is wrong usage', async () => {
  const { stderr, code } = await selfcheck('--check', 'wire-fni');
  expect(stderr).toContain('Did you mean "wire-fin"?');
  expect(code).toBe(2);
});
