/** The HTTP contract and the two counts, on a real service process before real servers. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localDatabase } from '../../infra/local/database.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { connectDatabaseProbe, type DatabaseProbe } from '../probes/database.ts';
import { connectRedisProbe, type RedisProbe } from '../probes/redis.ts';
import { systemClock } from '../time/clock.ts';
import { entryKey } from './context.ts';
import { type ServiceInstance, startInstance } from './instance.ts';
import type { StrategyConfig } from './strategy-protocol.ts';

const QUERY_MS = 30;

let stack: Stack;
let database: DatabaseProbe;
let redis: RedisProbe;
let service: ServiceInstance;
const cleanUp = new AsyncDisposableStack();

beforeAll(async () => {
  const signal = new AbortController().signal;
  stack = cleanUp.use(
    await startStack({ runId: `test-${randomUUID()}`, backends: [localRedis(), localDatabase()], signal }),
  );
  database = cleanUp.use(await connectDatabaseProbe(stack.get('database').url('probe'), 'service'));
  redis = cleanUp.use(await connectRedisProbe(stack.get('redis').url('probe'), systemClock));
  await database.seed({ rows: 10, valueBytes: 64, keyOf: (n) => `item-${n}` });
  service = cleanUp.use(await start('none'));
});
afterAll(() => cleanUp.disposeAsync());

function start(strategy: string, parameters: StrategyConfig['parameters'] = {}): Promise<ServiceInstance> {
  return startInstance({
    env: { ...process.env, ...stack.marker },
    onProcess: (group) => stack.guardian.watch(group),
    redisUrl: stack.get('redis').url('service'),
    databaseUrl: stack.get('database').url('service'),
    brokerUrl: null,
    accounts: null,
    config: {
      strategy,
      parameters,
      ttlMs: 60_000,
      queryMs: QUERY_MS,
      poolSize: 4,
      stepDelayMs: 0,
      keyPrefix: 'test:',
      seed: 1,
    },
  });
}

describe('the HTTP contract', () => {
  test('GET answers with the item, its version and age, and says hit or miss', async () => {
    const miss = await fetch(`${service.url}/items/item-1`);
    expect(miss.status).toBe(200);
    expect(await miss.json()).toEqual({ id: 'item-1', value: 'x'.repeat(64), version: 1 });
    expect(miss.headers.get('x-cache')).toBe('miss');
    expect(miss.headers.get('x-version')).toBe('1');
    // The age counts from before the query was asked, so it holds the query's cost.
    expect(Number(miss.headers.get('x-age-ms'))).toBeGreaterThanOrEqual(QUERY_MS - 1);
    const hit = await fetch(`${service.url}/items/item-1`);
    expect(hit.headers.get('x-cache')).toBe('hit');
  });

  test('GET of a row that does not exist is a 404 that cost a query', async () => {
    const before = await service.report();
    const answer = await fetch(`${service.url}/items/nobody`);
    expect(answer.status).toBe(404);
    expect((await service.report()).dbReads - before.dbReads).toBe(1);
    expect((await service.report()).slowestLoadMs).toBeGreaterThanOrEqual(QUERY_MS - 1);
  });

  test('the slowest load is that of the storm, not of what came before it', async () => {
    await fetch(`${service.url}/items/nobody`);
    service.stormStarts();
    const { slowestLoadMs, totalLoadMs } = await service.report();
    expect([slowestLoadMs, totalLoadMs >= QUERY_MS - 1]).toEqual([0, true]);
    await fetch(`${service.url}/items/nobody`);
    expect((await service.report()).slowestLoadMs).toBeGreaterThanOrEqual(QUERY_MS - 1);
  });

  test('PUT answers with the new version, and the next GET has the new value', async () => {
    const put = (body: string, type: string) =>
      fetch(`${service.url}/items/item-2`, { method: 'PUT', body, headers: { 'content-type': type } });
    await fetch(`${service.url}/items/item-2`);
    expect(await (await put('"new"', 'text/plain')).json()).toEqual({ id: 'item-2', version: 2 });
    expect(await (await put('{"value":"newer"}', 'application/json')).json()).toEqual({
      id: 'item-2',
      version: 3,
    });
    const read = await fetch(`${service.url}/items/item-2`);
    expect(await read.json()).toEqual({ id: 'item-2', value: 'newer', version: 3 });
    expect((await put('{"valeu":1}', 'application/json')).status).toBe(400);
  });

  test('PUT of a new row makes version 1', async () => {
    const answer = await fetch(`${service.url}/items/fresh`, { method: 'PUT', body: 'v' });
    expect(await answer.json()).toEqual({ id: 'fresh', version: 1 });
  });

  test('GET /health answers', async () => {
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
  });
});

describe('ground truth', () => {
  test('the server counts the statements of the service exactly, and none of ours', async () => {
    const mine = await service.report();
    // The server counts a statement just after it has sent the answer: wait for those of the tests before.
    await expect.poll(() => database.read()).toEqual({ reads: mine.dbReads, writes: mine.dbWrites });
    const ids = Array.from({ length: 37 }, (_, n) => `absent-${n}`);
    await Promise.all(ids.map((id) => fetch(`${service.url}/items/${id}`)));
    for (const id of ['item-3', 'item-4'])
      await fetch(`${service.url}/items/${id}`, { method: 'PUT', body: 'v' });
    await database.seed({ rows: 10, valueBytes: 64, keyOf: (n) => `item-${n}` });
    await expect.poll(() => database.read()).toEqual({ reads: mine.dbReads + 37, writes: mine.dbWrites + 2 });
    const after = await service.report();
    expect([after.dbReads - mine.dbReads, after.dbWrites - mine.dbWrites, after.dbInFlight]).toEqual([
      37, 2, 0,
    ]);
  });

  test('Redis counts hits and misses, and announces what happens to a watched key', async () => {
    await stack.get('redis').flush();
    const before = await redis.read();
    const stop = await redis.watch(entryKey('test:', 'item-5'));
    const startedUs = systemClock.nowUs();
    for (let asked = 0; asked < 4; asked++) await fetch(`${service.url}/items/item-5`);
    await fetch(`${service.url}/items/item-5`, { method: 'PUT', body: 'v' });
    const after = await redis.read();
    expect([after.hits - before.hits, after.misses - before.misses]).toEqual([3, 1]);
    const events = await stop();
    expect(events.map(({ event }) => event).filter((event) => event !== 'expire')).toEqual(['set', 'del']);
    expect(events.every(({ atUs }) => atUs >= startedUs && atUs <= systemClock.nowUs())).toBe(true);
  });
});

// After the counts above, which are of one service alone.
describe('a service with copies of its own', () => {
  test('drops its copy when it writes the row, and refuses a body without writing', async () => {
    await using local = await start('local', { l1TtlMs: 3_600_000, l1Entries: 10 });
    const url = `${local.url}/items/item-6`;
    const read = async () => {
      const { headers } = await fetch(url);
      return [headers.get('x-cache'), headers.get('x-version')];
    };
    expect([await read(), await read()]).toEqual([
      ['miss', '1'],
      ['l1', '1'],
    ]);
    const refused = await fetch(url, {
      method: 'PUT',
      body: '{"value":7}',
      headers: { 'content-type': 'application/json' },
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'E_BAD_VALUE', got: 'number' });
    expect(await read()).toEqual(['l1', '1']);
    const written = await fetch(url, { method: 'PUT', body: 'v' });
    expect([written.status, written.headers.get('x-version')]).toEqual([200, '2']);
    expect([await read(), await read()]).toEqual([
      ['miss', '2'],
      ['l1', '2'],
    ]);
  });

  test('has them in its memory, and its garbage not', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `large-${n}`);
    const value = 'x'.repeat(500_000);
    const grownBytes = async (l1Entries: number) => {
      await using local = await start('local', { l1TtlMs: 3_600_000, l1Entries });
      const before = await local.memory();
      for (const row of rows) {
        await fetch(`${local.url}/items/${row}`, { method: 'PUT', body: value });
        await (await fetch(`${local.url}/items/${row}`)).text();
      }
      const after = await local.memory();
      expect(after.residentBytes).toBeGreaterThan(after.liveBytes);
      return after.liveBytes - before.liveBytes;
    };
    const [few, all] = [await grownBytes(1), await grownBytes(rows.length)];
    // 10 MB of rows; what is written first, warms up or waits to be collected is less than a fifth of that.
    expect(few).toBeLessThan(2.5e6);
    expect(all - few).toBeGreaterThan(8e6);
    expect(all - few).toBeLessThan(12e6);
  });
});

describe('a service with a way to write of its own', () => {
  test('writes and reads by it, from a user’s file too', async () => {
    const example = fileURLToPath(new URL('../../docs/examples/update-if-cached.ts', import.meta.url));
    await using own = await start(example);
    const url = `${own.url}/items/item-7`;
    expect(await (await fetch(url)).json()).toMatchObject({ version: 1 });
    const written = await fetch(url, { method: 'PUT', body: 'v' });
    expect([written.status, await written.json()]).toEqual([200, { id: 'item-7', version: 2 }]);
    const read = await fetch(url);
    // Cache-aside would have deleted the entry.
    expect(read.headers.get('x-cache')).toBe('hit');
    expect(await read.json()).toEqual({ id: 'item-7', value: 'v', version: 2 });
  });
});

describe('a service that can’t start', () => {
  test('says why', async () => {
    await expect(start('nonsense')).rejects.toThrow(
      /the service of nonsense ended .*unknown strategy "nonsense"/s,
    );
  });
});

describe('a database that is gone', () => {
  test('makes errors, counted, and the service recovers with it', async () => {
    await stack.get('redis').flush();
    const errors = (await service.report()).dbErrors;
    await stack.get('database').kill();
    const refused = await fetch(`${service.url}/items/item-1`);
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({ error: 'E_ORIGIN' });
    expect((await service.report()).dbErrors).toBe(errors + 1);
    await stack.get('database').restart();
    await expect
      .poll(async () => (await fetch(`${service.url}/items/item-1`)).status, { timeout: 10_000 })
      .toBe(200);
  });
});
