/** What becomes of a command whose output nobody takes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resultSchema } from '../result/schema.ts';
import { startTruthServer } from '../selfcheck/truth-server.ts';
import { EXIT_OF, QUICK, start } from './testing.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs the command with readers that leave at once, as `2>&1 | head -0` does. */
async function unread(args: readonly string[]): Promise<number | null> {
  const child = start(args);
  const ended = once(child, 'close');
  child.stdout?.destroy();
  child.stderr?.destroy();
  await ended;
  return child.exitCode;
}

test.each([
  [['list'], 0],
  [['list', '--json'], 0],
  [['--help'], 0],
  [['rnu'], 2],
  [['run', 'breakdwn'], 2],
])('%j without a reader ends with its own exit code', async (args, expected) => {
  expect(await unread(args)).toBe(expected);
});

test('a load without a reader goes on to its end', async () => {
  await using server = await startTruthServer();
  const load = ['load', `${server.url}/health`, '--rate', '200', '--duration', '1s', '--max-lag', '1m'];
  expect(await unread(load)).toBe(0);
  expect(server.received).toHaveLength(200);
});

test('a run without a reader goes on to its end, and its directory is complete', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'output-test-'));
  try {
    const args = ['run', 'breakdown', '--strategy', 'mutex', ...QUICK, '--out', join(folder, 'out')];
    const code = await unread(args);
    const { verdict } = resultSchema.parse(
      JSON.parse(await readFile(join(folder, 'out', 'result.json'), 'utf8')),
    );
    // What a busy machine makes of the verdict is another matter.
    expect(code).toBe(EXIT_OF[verdict]);
    expect(await readdir(join(folder, 'out'))).toEqual(
      expect.arrayContaining(['plan.json', 'report.html', 'result.json', 'samples', 'summary.md']),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a result that can’t be written is a failure', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, 'list', '--json'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  expect(stderr).toBe("error: the output can't be written: the disk is full (ENOSPC) [E_OUTPUT]\n");
  expect(child.exitCode).toBe(3);
});
