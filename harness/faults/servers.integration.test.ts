import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processState } from '../../infra/contract/kernel.ts';
import { localDatabase } from '../../infra/local/database.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { connectToRedis } from '../probes/redis.ts';
import { breakServer } from './servers.ts';

const cleanUp = new AsyncDisposableStack();
let stack: Stack;
let redis: Redis;
beforeAll(async () => {
  const signal = new AbortController().signal;
  const runId = `test-${randomUUID()}`;
  stack = cleanUp.use(await startStack({ runId, backends: [localRedis(), localDatabase()], signal }));
  redis = await connectToRedis(stack.get('redis').url('service'));
  cleanUp.defer(() => redis.disconnect());
});
afterAll(() => cleanUp.disposeAsync());

async function connectAs(role: 'service' | 'probe') {
  const connection = await createConnection({ uri: stack.get('database').url(role) });
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.end() });
}

/** Connections to Redis. */
const clients = async () =>
  String(await redis.client('LIST'))
    .trim()
    .split('\n').length;

describe('refused commands', () => {
  test('are refused, in scripts too, and others are not', async () => {
    const fault = { kind: 'refuse', commands: ['del', 'unlink'], atMs: 0, durationMs: 1 } as const;
    const before = await clients();
    const putRight = await breakServer(fault, stack);
    await redis.set('key', 'value');
    await expect(redis.del('key')).rejects.toThrow('NOPERM');
    await expect(redis.unlink('key')).rejects.toThrow('NOPERM');
    await expect(redis.eval("return redis.call('del', KEYS[1])", 1, 'key')).rejects.toThrow(
      /can't run this command|permission/,
    );
    expect(await redis.get('key')).toBe('value');
    await putRight();
    expect(await redis.del('key')).toBe(1);
    await expect.poll(clients).toBe(before);
  });

  test('that Redis does not know are no fault', async () => {
    const fault = { kind: 'refuse', commands: ['delete'], atMs: 0, durationMs: 1 } as const;
    const before = await clients();
    await expect(breakServer(fault, stack)).rejects.toThrow(/Unknown command/);
    await expect.poll(clients).toBe(before);
  });
});

describe('a read-only database', () => {
  test('refuses writes of the service and answers its reads, a long one under way or not', async () => {
    await using service = await connectAs('service');
    await using other = await connectAs('service');
    await service.query('CREATE OR REPLACE TABLE faults (id INT PRIMARY KEY)');
    let answered = false;
    const reading = other.query('SELECT COUNT(*), SLEEP(2) FROM faults').then(() => {
      answered = true;
    });
    const putRight = await breakServer({ kind: 'read-only', atMs: 0, durationMs: 1 }, stack);
    expect(answered).toBe(false);
    await expect(service.query('INSERT INTO faults VALUES (1)')).rejects.toMatchObject({ errno: 1290 });
    expect((await service.query('SELECT * FROM faults'))[0]).toEqual([]);
    await putRight();
    await service.query('INSERT INTO faults VALUES (1)');
    other.destroy();
    await reading.catch(() => undefined);
  });

  test('rolls back the transaction that it finds open', async () => {
    await using service = await connectAs('service');
    await using probe = await connectAs('probe');
    await service.query('CREATE OR REPLACE TABLE faults (id INT PRIMARY KEY)');
    await service.query('BEGIN');
    await service.query('INSERT INTO faults VALUES (1)');
    const putRight = await breakServer({ kind: 'read-only', atMs: 0, durationMs: 1 }, stack);
    await expect(service.query('COMMIT')).rejects.toMatchObject({ errno: 1290 });
    await putRight();
    expect((await probe.query('SELECT * FROM faults'))[0]).toEqual([]);
  });
});

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
