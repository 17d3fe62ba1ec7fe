/** The command, cut off from places that it holds on servers of somebody else. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelModel } from 'amqplib';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redisClient } from '../../infra/address/redis-client.ts';
import type { Backend } from '../../infra/backend.ts';
import { eventually } from '../../infra/contract/eventually.ts';
import { readMarker as readSchemaMarker } from '../../infra/external/database/possession.ts';
import { externalDatabase } from '../../infra/external/database.ts';
import { connectBroker } from '../../infra/external/rabbitmq/connection.ts';
import {
  found,
  isAlive,
  onChannel,
  queueExists,
  readMarker as readBrokerMarker,
} from '../../infra/external/rabbitmq/possession.ts';
import { externalRabbitmq } from '../../infra/external/rabbitmq.ts';
import { readMarker as readKeyMarker } from '../../infra/external/redis/marker.ts';
import { externalRedis } from '../../infra/external/redis.ts';
import {
  findingsOf,
  holderOf,
  NO_NEEDS,
  startForTest,
  startTheirServers,
  type TheirDatabase,
  type TheirServers,
} from '../../infra/external/testing.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { finish, start } from './testing.ts';

const SLOW_MS = 300_000;
const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
let redis: Redis;
let broker: ChannelModel;
let env: TheirServers['env'];
beforeAll(async () => {
  ({ env, redis, database } = cleanUp.use(await startTheirServers()));
  broker = cleanUp.adopt(await connectBroker(env.AMQP_URL), (model) => model.close());
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
  const queues = [await found(broker, 'storm:'), await queueExists(broker, 'storm:run')];
  return { keys: await redis.keys('*'), database: await database.snapshot(), queues };
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

const PLACES: Readonly<Record<Backend['kind'], Place>> = {
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
    put: () => database.admin.query('CREATE TABLE storm.items AS SELECT 7 AS id'),
    look: async () => [
      (await readSchemaMarker(database.admin, 'storm'))?.runId,
      await database.admin.query('SELECT id FROM storm.items WHERE id = 7').then(
        () => true,
        () => false,
      ),
    ],
  },
  rabbitmq: {
    backend: () => externalRabbitmq({ url: env.AMQP_URL, prefix: 'storm:', needs: NO_NEEDS }),
    // The broker itself takes who is silent for dead.
    release: () => eventually(async () => !(await isAlive(broker, 'storm:')), 'a free queue', 60_000),
    put: () => onChannel(broker, (channel) => channel.assertQueue('storm:changes')),
    look: async () => [
      (await readBrokerMarker(broker, 'storm:'))?.runId,
      await queueExists(broker, 'storm:changes'),
    ],
  },
};

describe('run --infra external', { timeout: SLOW_MS }, () => {
  test.each([
    ['redis', ['breakdown'], 'REDIS_URL (h): lost the keys storm:*'],
    ['database', ['breakdown'], 'MYSQL_URL (h): lost the schema storm'],
    [
      'rabbitmq',
      ['write-consistency', '--strategy', 'message-queue'],
      'AMQP_URL (h): lost the queues storm:*',
    ],
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
