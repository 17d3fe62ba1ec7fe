/** Faults of servers that ask something of the server itself, and that they are undone. */
import type { Redis } from 'ioredis';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../infra/stack.ts';
import { connectToRedis } from '../probes/redis.ts';
import { breakServer } from './servers.ts';

type StackOf = () => Pick<Stack, 'get'>;

export function refusedCommandsSuite(stackOf: StackOf): void {
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectToRedis(stackOf().get('redis').url('service'));
  });
  afterAll(() => redis?.disconnect());

  /** Connections to Redis. */
  const clients = async () =>
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length;

  test('are refused, in scripts too, and others are not', async () => {
    const fault = { kind: 'refuse', commands: ['del', 'unlink'], atMs: 0, durationMs: 1 } as const;
    const before = await clients();
    const putRight = await breakServer(fault, stackOf());
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
    await expect(breakServer(fault, stackOf())).rejects.toThrow(/Unknown command/);
    await expect.poll(clients).toBe(before);
  });
}

export function readOnlySuite(stackOf: StackOf): void {
  async function connectAs(role: 'service' | 'probe') {
    const connection = await createConnection({ uri: stackOf().get('database').url(role) });
    return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.end() });
  }

  async function emptyTable(service: Connection): Promise<void> {
    // MySQL has no OR REPLACE.
    await service.query('DROP TABLE IF EXISTS faults');
    await service.query('CREATE TABLE faults (id INT PRIMARY KEY)');
  }

  test('refuses writes of the service and answers its reads, a long one under way or not', async () => {
    await using service = await connectAs('service');
    await using other = await connectAs('service');
    await emptyTable(service);
    let answered = false;
    const reading = other.query('SELECT COUNT(*), SLEEP(2) FROM faults').then(() => {
      answered = true;
    });
    const putRight = await breakServer({ kind: 'read-only', atMs: 0, durationMs: 1 }, stackOf());
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
    await emptyTable(service);
    await service.query('BEGIN');
    await service.query('INSERT INTO faults VALUES (1)');
    const putRight = await breakServer({ kind: 'read-only', atMs: 0, durationMs: 1 }, stackOf());
    await expect(service.query('COMMIT')).rejects.toMatchObject({ errno: 1290 });
    await putRight();
    expect((await probe.query('SELECT * FROM faults'))[0]).toEqual([]);
  });
}
