import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

test('a command can be run again as it is shown', () => {
  const args = [
    'run',
    '--threshold',
    'vs none: db.reads < 10%',
    '',
    "it's",
    '$(id) `id` "x" \\',
    'a\nb',
    '--out',
    'a/b',
  ];
  const shown = commandLine(args);
  const again = execFileSync('sh', ['-c', `cachestorm() { printf '%s\\0' "$@"; }; ${shown}`], {
    encoding: 'utf8',
  });
  expect(again.split('\0').slice(0, -1)).toEqual(args);
  expect(commandLine(['run', 'breakdown', '--out', 'a/b'])).toBe('cachestorm run breakdown --out a/b');
});

test('no password of an address is shown', () => {
  expect(commandLine(['--set', 'x=redis://me:pa"ss\'word@host/0'])).toBe(
    "cachestorm --set 'x=redis://****@host/0'",
  );
});
