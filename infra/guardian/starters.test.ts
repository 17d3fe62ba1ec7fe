import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const STARTED = `${process.execPath} ${fileURLToPath(new URL('./fixtures/started.ts', import.meta.url))}`;

interface Said {
  readonly pid: number;
  readonly names: readonly string[];
  readonly nohup: boolean;
}

/** Starts a command in a process group of its own, as an interactive shell does. */
async function start(file: string, ...args: readonly string[]) {
  const child: ChildProcess = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = JSON.parse(String((await lines.next()).value)) as Said;
  onTestFinished(() => {
    for (const pid of [child.pid, said.pid]) {
      try {
        process.kill(pid ?? 0, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  });
  return { child, said, next: async () => (await lines.next()).value as string };
}

test('whoever leads its process group is on its own', async () => {
  const { said } = await start('sh', '-c', `exec ${STARTED}`);
  expect(said).toMatchObject({ names: [], nohup: false });
});

test.each([
  ['its shell', `${STARTED}; true`, ['sh']],
  ['the shell of its shell', `sh -c '${STARTED}; true'; true`, ['sh', 'sh']],
])('the end of %s is seen', async (_who, command, names) => {
  const { child, said, next } = await start('sh', '-c', command);
  expect(said.names).toEqual(names);
  child.kill('SIGKILL');
  expect(await next()).toBe('ended: sh');
});

test('a script that has put it into the background may end', async () => {
  const { child, said } = await start('sh', '-c', `${STARTED} & read rest`);
  child.stdin?.end();
  await once(child, 'exit');
  expect(said.names).toEqual([]);
});

test('a shell without any input is watched', async () => {
  const { said } = await start('sh', '-c', `exec < /dev/null; ${STARTED}; true`);
  expect(said.names).toEqual(['sh']);
});

test('nohup on a terminal is known', async () => {
  const { said } = await start('script', '-qec', `nohup ${STARTED} 2>/dev/null | cat`, '/dev/null');
  expect(said.nohup).toBe(true);
});
