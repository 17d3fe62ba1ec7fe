import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { awaitAnswer } from './await-answer.ts';
import { serverEnvironment } from './environment.ts';
import { logTail } from './log-tail.ts';
import { ServerProcess } from './server-process.ts';

it('gives a server the marker, a private home and nothing that configures servers', () => {
  process.env.RABBITMQ_NODENAME = 'the-machines';
  try {
    const env = serverEnvironment('run-1', '/private', { EXTRA: '1' });
    expect(env).toMatchObject({ CACHESTORM_RUN: 'run-1', HOME: '/private', TMPDIR: '/private', EXTRA: '1' });
    expect(env.PATH).toBe(process.env.PATH);
    expect(env.RABBITMQ_NODENAME).toBeUndefined();
  } finally {
    delete process.env.RABBITMQ_NODENAME;
  }
});

it('gives the last 15 lines of a log without its secrets', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'test-log-'));
  try {
    const path = join(directory, 'log');
    const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} s3cret and s3cret`);
    await writeFile(path, `${lines.join('\n')}\n\n`);
    const tail = await logTail(path, ['s3cret']);
    expect(tail.split('\n')).toEqual(
      Array.from({ length: 15 }, (_, index) => `line ${1_985 + index} **** and ****`),
    );
    expect(await logTail(join(directory, 'missing'), [])).toBe('');
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('waits for no answer beyond the deadline or an interrupt, whatever the question does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'test-silent-'));
  const logPath = join(directory, 'log');
  const command = { file: 'sleep', args: ['60'], env: { PATH: process.env.PATH ?? '' }, cwd: '/', logPath };
  const silent = await ServerProcess.spawn(command, () => {});
  onTestFinished(async () => {
    await silent.end();
    await rm(directory, { recursive: true });
  });
  const never = () => new Promise<void>(() => {});
  const late = await awaitAnswer(silent, never, 200, new AbortController().signal);
  expect(late).toMatchObject({ kind: 'deadline' });
  const interrupted = new AbortController();
  const waiting = awaitAnswer(silent, never, 60_000, interrupted.signal);
  interrupted.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});
