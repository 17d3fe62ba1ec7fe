/** The command on three servers that take nobody without TLS. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redisClient } from '../../infra/address/redis-client.ts';
import {
  type Certificates,
  databaseTls,
  makeCertificates,
} from '../../infra/external/fixtures/certificates.ts';
import { startTheirRabbitmq, type TheirRabbitmq } from '../../infra/external/fixtures/their-rabbitmq.ts';
import { startForTest, startTheirDatabase, type TheirDatabase } from '../../infra/external/testing.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { pickFreePort } from '../../infra/ports.ts';
import { resultSchema } from '../result/schema.ts';
import { finish, start } from './testing.ts';

const SLOW_MS = 300_000;
const cleanUp = new AsyncDisposableStack();
let certificates: Certificates;
let database: TheirDatabase;
let broker: TheirRabbitmq;
let redis: Redis;
let urls: { redis: string; database: string; broker: string };
beforeAll(async () => {
  const files = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'test-tls-')), (path) =>
    rm(path, { recursive: true }),
  );
  certificates = await makeCertificates(files);
  const { ca } = certificates;
  const [stack, theirDatabase, theirBroker] = await Promise.all([
    startForTest(localRedis()),
    startTheirDatabase(...databaseTls(certificates)),
    startTheirRabbitmq(certificates),
  ]);
  cleanUp.use(stack);
  database = cleanUp.use(theirDatabase);
  broker = cleanUp.use(theirBroker);
  await database.admin.query('SET GLOBAL require_secure_transport = ON');
  urls = {
    redis: await requireTls(stack.get('redis').url('service')),
    database: database.url,
    broker: broker.url,
  };
  redis = cleanUp.adopt(redisClient(`${urls.redis}?cacertfile=${ca}`, {}), (client) => client.disconnect());
  await redis.connect();
  await redis.set('user:1', 'Ann');
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

/** Gives a Redis another port, with TLS, and takes the one without. */
async function requireTls(plain: string): Promise<string> {
  const { ca, server } = certificates;
  const url = new URL(plain);
  url.protocol = 'rediss:';
  url.port = String(await pickFreePort());
  const client = redisClient(plain, {});
  await client.connect();
  await client.call(
    ...['CONFIG', 'SET', 'tls-cert-file', server.cert, 'tls-key-file', server.key, 'tls-ca-cert-file', ca],
    ...['tls-auth-clients', 'no', 'tls-port', url.port, 'port', '0'],
  );
  client.disconnect();
  return url.href;
}

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function snapshot(): Promise<unknown> {
  const values = { keys: await redis.keys('*'), settings: await redis.config('GET', '*') };
  return { ...values, database: await database.snapshot(), broker: await broker.snapshot() };
}

const OURS = ['--key-prefix', 'storm:', '--schema', 'storm'];
const BY_ALL = ['write-consistency', '--strategy', 'message-queue,outbox,binlog', '--variants', 'none'];
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=2500'];

const launch = (env: Readonly<Record<string, string>>) =>
  start(['run', ...BY_ALL, ...QUICK, ...OURS, '--infra', 'external', '--out', out, '--force'], {
    cwd: folder,
    env,
  });

/** Of the client, as the query of an address names it. */
const shown = () => `certfile=${certificates.client.cert}&keyfile=${certificates.client.key}`;

/** Who is connected to the database, with what, and how the broker's clients are. */
async function connections(): Promise<string[]> {
  const [threads] = await database.admin.query<RowDataPacket[]>(
    `SELECT PROCESSLIST_USER AS user, PROCESSLIST_COMMAND AS command, CONNECTION_TYPE AS type
     FROM performance_schema.threads
     WHERE PROCESSLIST_USER IS NOT NULL AND PROCESSLIST_ID <> CONNECTION_ID()`,
  );
  const question = '[Ssl || [{ssl, Ssl}] <- rabbit_networking:connection_info_all([ssl])].';
  // Under a storm its node may not let another one in in time: the next question is answered again.
  const ofBroker = await broker.control(question).catch(() => '');
  return [
    ...threads.map(({ user, command, type }) => {
      const role = String(user).replace(/^cachestorm_(\w+)_\w+$/, '$1');
      return `${role} ${/Binlog/.test(command) ? 'binary log' : 'statements'}: ${type}`;
    }),
    ...(ofBroker.match(/true|false/g) ?? []).map(
      (tls, n) => `broker ${n}: ${tls === 'true' ? 'SSL/TLS' : ''}`,
    ),
  ];
}

async function expectNoSecret(...texts: string[]): Promise<void> {
  const names = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile());
  const written = await Promise.all(
    files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  const all = [...texts, ...written].join('\n');
  const passwords = Object.values(urls).map((url) => decodeURIComponent(new URL(url).password));
  expect(passwords.filter((password) => all.includes(password))).toEqual([]);
  expect(all).not.toMatch(/:\/\/[^"/\s]*:[^"/\s]*@|BEGIN (EC |CERT|PRIV)/);
}

describe('run --infra external, by TLS', { timeout: SLOW_MS }, () => {
  test('has no connection without it, whoever makes it, and leaves the servers as they were', async () => {
    const before = await snapshot();
    const { ca } = certificates;
    const ended = finish(
      launch({
        REDIS_URL: `${urls.redis}?cacertfile=${ca}`,
        MYSQL_URL: `${urls.database}?ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`,
        AMQP_URL: `${urls.broker}?cacertfile=${ca}&${shown()}`,
      }),
    );
    const seen = new Set<string>();
    let over = false;
    const watching = (async () => {
      while (!over) for (const connection of await connections()) seen.add(connection);
    })();
    const finished = ended.finally(() => {
      over = true;
    });
    const [{ code, stdout, stderr }] = await Promise.all([finished, watching]);
    expect([0, 1, 4], stderr).toContain(code);
    expect(stderr).not.toMatch(/Ignoring invalid configuration|Warning/);
    const result = resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
    expect(result.scenarios[0]?.strategies.map(({ name }) => name)).toEqual([
      ...['message-queue', 'outbox', 'binlog'],
    ]);
    expect(result.scenarios[0]?.warnings.map((warning) => warning.code)).not.toContain('truth-disagrees');
    expect([...seen].filter((connection) => !connection.endsWith(': SSL/TLS'))).toEqual([]);
    // The probe reads the binary log for an instant only. The broker's: the run itself, two services and a relay.
    for (const lasting of [
      ...['admin statements', 'probe statements', 'relay statements', 'service statements'],
      ...['relay binary log', 'broker 3'],
    ])
      expect([...seen]).toContain(`${lasting}: SSL/TLS`);
    await expectNoSecret(stdout, stderr);
    expect(await snapshot()).toEqual(before);
  });

  test('leaves nothing after a kill -9, where the authority is named by NODE_EXTRA_CA_CERTS', async () => {
    const before = await snapshot();
    const child = launch({
      NODE_EXTRA_CA_CERTS: certificates.ca,
      REDIS_URL: urls.redis,
      MYSQL_URL: `${urls.database}?ssl-mode=VERIFY_IDENTITY`,
      AMQP_URL: `${urls.broker}?${shown()}`,
    });
    const ended = finish(child);
    const events = () => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
    await expect.poll(events, { timeout: 60_000 }).toContain('storm-started');
    child.kill('SIGKILL');
    await ended;
    await expect.poll(snapshot, { timeout: 60_000, interval: 500 }).toEqual(before);
  });

  test('refuses an unknown authority, no TLS and another host, one sentence each', async () => {
    const before = await snapshot();
    const env = {
      REDIS_URL: urls.redis,
      MYSQL_URL: urls.database,
      AMQP_URL: `${urls.broker.replace('127.0.0.1', 'localhost')}?cacertfile=${certificates.ca}&${shown()}`,
    };
    const { code, stdout, stderr } = await finish(launch(env));
    expect(code).toBe(3);
    const message = stderr.slice(stderr.indexOf('error: '));
    expect(message).toMatch(/REDIS_URL .*: TLS: .*self-signed certificate.*NODE_EXTRA_CA_CERTS=/);
    expect(message).toMatch(/MYSQL_URL .*: TLS: .*a server that insists on it.*ssl-mode=VERIFY_IDENTITY/);
    expect(message).toMatch(/AMQP_URL .*: TLS: .*one for IP Address:127\.0\.0\.1, .*server_name_indication=/);
    expect(message.trim().split('\n')).toHaveLength(3);
    await expectNoSecret(stdout, stderr);
    expect(await snapshot()).toEqual(before);
  });
});
