import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const STARTED = `${process.execPath} ${fileURLToPath(new URL('./fixtures/started.ts', import.meta.url))}`;

interface Said {
  readonly pid: number;
  readonly names: readonly string[];
  readonly orphaned: boolean;
  readonly nohup: boolean;
}

/** Starts a command in a process group of its own, as an interactive shell does. */
function spawned(file: string, args: readonly string[], stdin: 'pipe' | 'ignore' = 'pipe') {
  // The tests may be npm's, these commands are not.
  const { npm_execpath: _, ...env } = process.env;
  const child: ChildProcess = spawn(file, args, { env, stdio: [stdin, 'pipe', 'inherit'], detached: true });
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pids = [child.pid ?? 0];
  onTestFinished(() => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  });
  const next = async () => String((await lines.next()).value);
  const said = async () => {
    const said = JSON.parse(await next()) as Said;
    pids.push(said.pid);
    return said;
  };
  return { child, next, said };
}

test('whoever leads its process group is on its own', async () => {
  const { said } = spawned('sh', ['-c', `exec ${STARTED}`]);
  expect(await said()).toMatchObject({ names: [], orphaned: false, nohup: false });
});

test.each([
  ['its shell', `${STARTED}; true`, ['sh']],
  ['the shell of its shell', `sh -c '${STARTED}; true'; true`, ['sh', 'sh']],
])('the end of %s is seen', async (_who, command, names) => {
  const { child, said, next } = spawned('sh', ['-c', command]);
  expect(await said()).toMatchObject({ names, orphaned: false });
  child.kill('SIGKILL');
  expect(await next()).toBe('ended: sh');
});

test.each([
  ['a shell with an input', 'pipe', ''],
  ['a shell of npm', 'ignore', 'npm_execpath=npm '],
] as const)('%s is missed that has ended before the first look', async (_who, stdin, variables) => {
  const command = `${variables}${STARTED} 1000 ${stdin === 'pipe' ? '<&3' : ''} & echo up; wait`;
  const { child, next } = spawned('sh', ['-c', `exec 3<&0; ${command}`], stdin);
  expect(await next()).toBe('up');
  child.kill('SIGKILL');
  expect(await next()).toBe('ended: the');
});

test('a script that has put it into the background may end', async () => {
  const { child, said } = spawned('sh', ['-c', `${STARTED} & read rest`]);
  child.stdin?.end();
  await once(child, 'exit');
  expect(await said()).toMatchObject({ names: [], orphaned: false });
});

test('a script that has put it into the background may have ended before the first look', async () => {
  const { child, said } = spawned('sh', ['-c', `${STARTED} 300 &`]);
  await once(child, 'exit');
  expect(await said()).toMatchObject({ names: [], orphaned: false });
});

test('the first of a pipe may end', async () => {
  const { said } = spawned('sh', ['-c', `set -m; true | ${STARTED} 300 | cat`]);
  expect(await said()).toMatchObject({ orphaned: false });
});

test('a shell without any input is watched', async () => {
  const { said } = spawned('sh', ['-c', `exec < /dev/null; ${STARTED}; true`]);
  expect(await said()).toMatchObject({ names: ['sh'], orphaned: false });
});

test('nohup on a terminal is known', async () => {
  const { said } = spawned('script', ['-qec', `nohup ${STARTED} 2>/dev/null | cat`, '/dev/null']);
  expect((await said()).nohup).toBe(true);
});
