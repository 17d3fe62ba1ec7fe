import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serverEnvironment } from './environment.ts';
import { logTail } from './log-tail.ts';
import { pickFreePort, saysAddressInUse } from './ports.ts';
import { newSecret } from './secret.ts';

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

it('picks ports below the ephemeral range that can be bound', async () => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await pickFreePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.close();
  }
});

it.each([
  'Could not create server TCP listening socket 127.0.0.1:6379: bind: Address already in use',
  "[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use",
  'ERROR: could not bind to distribution port 25672, it is in use by another node: eaddrinuse',
])('knows a taken port: %s', (line) => {
  expect(saysAddressInUse(line)).toBe(true);
  expect(saysAddressInUse('Permission denied')).toBe(false);
});

it('makes secrets that need no escaping and never repeat', () => {
  const secrets = Array.from({ length: 100 }, newSecret);
  expect(new Set(secrets).size).toBe(100);
  expect(secrets.every((secret) => /^[0-9a-f]{36}$/.test(secret))).toBe(true);
});
