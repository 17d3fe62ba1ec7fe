/** The command, cut off from places that it holds on servers of somebody else. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redisClient } from '../../infra/address/redis-client.ts';
import type { Backend } from '../../infra/backend.ts';
import { NO_NEEDS } from '../../infra/backend.ts';
import { eventually } from '../../infra/contract/eventually.ts';
import { readMarker as readSchemaMarker, writeMarker } from '../../infra/external/database/marker.ts';
import { externalDatabase } from '../../infra/external/database.ts';
import { startTheirServers, type TheirServers } from '../../infra/external/fixtures/their-servers.ts';
import { brokerAt } from '../../infra/external/rabbitmq.ts';
import { readMarker as readKeyMarker } from '../../infra/external/redis/marker.ts';
import { externalRedis } from '../../infra/external/redis.ts';
import { findingsOf, holderOf, startForTest, type TheirDatabase } from '../../infra/external/testing.ts';
import { newToken } from '../../infra/external/token.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { finish, start } from './testing.ts';

const SLOW_MS = 300_000;
const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
let redis: Redis;
let rabbitmq: TheirServers['rabbitmq'];
let env: TheirServers['env'];
beforeAll(async () => {
  ({ env, redis, database, rabbitmq } = cleanUp.use(await startTheirServers()));
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const launch = (args: readonly string[], changed: Partial<typeof env> = {}) =>
  start(
    [
      ...[
        'run',
        ...args,
        '--variants',
        'none',
        '--rounds',
        '1',
        '--infra',
        'external',
        '--force',
        '--out',
        'out',
        '--force',
      ],
      ...['--key-prefix', 'storm:', '--schema', 'storm'],
    ],
    { cwd: folder, env: { ...env, ...changed } },
  );

async function stormUnderWay(): Promise<void> {
  const events = () => readFile(join(folder, 'out', 'events.jsonl'), 'utf8').catch(() => '');
  await expect.poll(events, { timeout: 60_000 }).toContain('storm-started');
}

async function everything(): Promise<unknown> {
  return {
    keys: await redis.keys('*'),
    database: await database.snapshot(),
    rabbitmq: await rabbitmq.snapshot(),
  };
}

/** What a run holds on one server, and how another comes to it. */
interface Place {
  readonly backend: () => Backend;
  /** Has the server let go of what a run holds that stands still, and waits until it has. */
  release(): Promise<unknown>;
  /** Makes something there, as a run does. */
  put(): Promise<unknown>;
  /** Whose it is, and whether what was made is there. */
  look(): Promise<[string | undefined, boolean]>;
}

const PLACES: Readonly<Record<'redis' | 'database', Place>> = {
  redis: {
    backend: () => externalRedis({ url: env.REDIS_URL, keyPrefix: 'storm:', needs: NO_NEEDS }),
    release: () => redis.client('KILL', 'TYPE', 'PUBSUB'),
    put: () => redis.set('storm:item:theirs', 'x'),
    look: async () => [
      (await readKeyMarker(redis, 'storm:'))?.runId,
      (await redis.exists('storm:item:theirs')) === 1,
    ],
  },
  database: {
    backend: () => externalDatabase({ url: env.MYSQL_URL, schema: 'storm', needs: NO_NEEDS }),
    async release() {
      await database.admin.query(`KILL ${await holderOf(database.admin, 'storm')}`);
      await eventually(async () => (await holderOf(database.admin, 'storm')) === undefined, 'a free lock');
    },
    put: () =>
      database.admin.query(
        'CREATE TABLE storm.items AS SELECT 7 AS id, 0 AS value, 0 AS version, 0 AS stored_us',
      ),
    look: async () => [
      (await readSchemaMarker(database.admin, 'storm'))?.runId,
      await database.admin.query('SELECT id FROM storm.items WHERE id = 7').then(
        () => true,
        () => false,
      ),
    ],
  },
};

describe('run --infra external', { timeout: SLOW_MS }, () => {
  test.each([
    ['redis', ['breakdown'], 'REDIS_URL (h): lost the keys storm:*'],
    ['database', ['breakdown'], 'MYSQL_URL (h): lost the schema storm'],
  ] as const)(
    'ends when it stood still and another has its place, which keeps all: %s',
    async (kind, args, lost) => {
      const before = await everything();
      const { backend, release, put, look } = PLACES[kind];
      const child = launch(args);
      const ended = finish(child);
      await stormUnderWay();
      child.kill('SIGSTOP');
      await release();
      {
        await using other = await startForTest(backend());
        await put();
        child.kill('SIGCONT');
        const { code, stderr } = await ended;
        const [error, ...more] = stderr.split('\n').filter((line) => line.startsWith('error: '));
        expect(error?.replace(/\([\d.:]+\)/, '(h)').replace(/since [\dTZ:.-]+/, 'since then')).toBe(
          `error: ${lost}: the connection that held this place was cut, and it was taken over by run ${other.runId}, under way since then [E_PLACE_LOST]`,
        );
        expect([code, more]).toEqual([3, []]);
        expect(await look()).toEqual([other.runId, true]);
      }
      expect(await everything()).toEqual(before);
    },
  );

  test('goes on when the connection that holds a place is cut, and holds it again', async () => {
    const before = await everything();
    const child = launch(['breakdown', '--strategy', 'mutex']);
    const ended = finish(child);
    await stormUnderWay();
    const { admin } = database;
    const holder = await holderOf(admin, 'storm');
    await admin.query(`KILL ${holder}`);
    await eventually(async () => ![holder, undefined].includes(await holderOf(admin, 'storm')), 'a holder');
    const { code, stderr } = await ended;
    expect([0, 1, 4], stderr).toContain(code);
    expect(await everything()).toEqual(before);
  });

  test('ends with one sentence when the broker has an alarm', async () => {
    const before = await everything();
    const child = launch(['write-consistency', '--strategy', 'message-queue']);
    const ended = finish(child);
    await stormUnderWay();
    const limit = (share: number) =>
      rabbitmq.control(`vm_memory_monitor:set_vm_memory_high_watermark(${share}).`);
    await limit(0.000001);
    const { code, stderr } = await ended;
    const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(errors).toEqual([
      expect.stringMatching(
        /^error: AMQP_URL \([\d.:]+\): its alarms: expected none.*, got one \(low on memory\)\. .*\[E_UNFIT_SERVERS\]$/,
      ),
    ]);
    expect(code).toBe(3);
    await limit(0.4);
    expect(await everything()).toEqual(before);
  });

  test('ends when a server stays away, and the next one removes what is left there', async () => {
    const before = await database.snapshot();
    await using theirs = await startForTest(localRedis());
    const server = theirs.get('redis');
    const url = server.url('service');
    const child = launch(['breakdown'], { REDIS_URL: url });
    const ended = finish(child);
    await stormUnderWay();
    await server.kill();
    const { code, stderr } = await ended;
    expect(stderr).toMatch(
      /^error: REDIS_URL .*: lost the keys storm:\*: .* no other to be had within 30 s: a closed port \[E_PLACE_LOST\]$/m,
    );
    expect(code).toBe(3);
    expect(await database.snapshot()).toEqual(before);
    await server.restart();
    expect(await findingsOf(externalRedis({ url, keyPrefix: 'storm:', needs: NO_NEEDS }))).toBeNull();
    const client = redisClient(url, {});
    await client.connect();
    expect(await client.keys('*')).toEqual([]);
    client.disconnect();
  });
});

describe('queues that a dead run has left', { timeout: SLOW_MS }, () => {
  const QUEUES = ['changes', 'changes.0', 'changes.1'];

  test('are removed by the next run that knows their broker, and those of others with like names are not', async () => {
    const token = newToken();
    const at = brokerAt(env.AMQP_URL) ?? '';
    await using broker = new AsyncDisposableStack();
    const model = broker.adopt(await connect(env.AMQP_URL), (held) => held.close());
    const channel = await model.createChannel();
    for (const name of QUEUES) await channel.assertQueue(`storm:${name}`);
    const before = await everything();
    for (const name of QUEUES) await channel.assertQueue(`storm:${token}.${name}`);
    await database.admin.query('CREATE SCHEMA storm');
    await writeMarker(database.admin, {
      ...{ runId: 'dead', startedAt: '2026-01-01T00:00:00.000Z', token, schema: 'storm' },
      ...{ madeSchema: true, broker: { at, prefix: 'storm:' } },
    });
    const next = (known: string) =>
      externalDatabase({
        ...{ url: env.MYSQL_URL, schema: 'storm', needs: NO_NEEDS },
        broker: { url: env.AMQP_URL, at: known, prefix: null },
      });
    const found = await findingsOf(next('elsewhere:5672//'));
    expect(found).toMatchObject([
      { expected: `AMQP_URL to name ${at}, where its queues are`, got: 'elsewhere:5672//' },
    ]);
    expect(await findingsOf(next(at))).toBeNull();
    expect(await everything()).toEqual(before);
    for (const name of QUEUES) await channel.deleteQueue(`storm:${name}`);
  });
});
