import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processState } from '../../infra/contract/kernel.ts';
import { localDatabase } from '../../infra/local/database.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { connectToDatabase } from '../probes/database-connection.ts';
import { connectToRedis } from '../probes/redis.ts';
import { readOnlySuite, refusedCommandsSuite } from './servers.suite.ts';
import { breakServer } from './servers.ts';

const cleanUp = new AsyncDisposableStack();
let stack: Stack;
beforeAll(async () => {
  const signal = new AbortController().signal;
  const runId = `test-${randomUUID()}`;
  stack = cleanUp.use(await startStack({ runId, backends: [localRedis(), localDatabase()], signal }));
});
afterAll(() => cleanUp.disposeAsync());

describe('refused commands', () => refusedCommandsSuite(() => stack));

describe('a read-only database', () => readOnlySuite(() => stack));

test.each(['redis', 'database'] as const)(
  'a paused %s stands still until it is put right',
  async (target) => {
    const { pid } = stack.get(target) as LocalServer;
    const putRight = await breakServer({ kind: 'pause', target, atMs: 0, durationMs: 1 }, stack);
    expect(processState(pid)).toBe('T');
    await putRight();
    await expect.poll(() => processState(pid)).not.toBe('T');
  },
);

test('a stopped database is lost to who asks it, and keeps nobody from leaving', async () => {
  const connection = await connectToDatabase(stack.get('database').url('probe'), 200);
  await connection.query('SELECT 1');
  const putRight = await breakServer({ kind: 'pause', target: 'database', atMs: 0, durationMs: 1 }, stack);
  await expect(connection.query('SELECT 1')).rejects.toThrow('no answer for 0.2 s');
  await connection.end();
  await putRight();
});

test('a killed server is gone until it is put right, and is back then where it was', async () => {
  const url = stack.get('redis').url('service');
  // Any server will do, and RabbitMQ takes its time.
  const instead = { get: () => stack.get('redis') };
  const fault = { kind: 'restart', target: 'rabbitmq', atMs: 0, durationMs: 1 } as const;
  const putRight = await breakServer(fault, instead);
  await expect(connectToRedis(url)).rejects.toThrow();
  await putRight();
  const again = await connectToRedis(url);
  expect(await again.ping()).toBe('PONG');
  again.disconnect();
});
