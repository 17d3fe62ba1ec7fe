/** The command as a user runs it, on a few of its checks: all of them take most of a minute. */
import { expect, test } from 'vitest';
import { finish, start } from './testing.ts';

const selfcheck = (...args: string[]) => finish(start(['selfcheck', ...args]));

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
