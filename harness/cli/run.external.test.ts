/** The command on servers that somebody else started and uses: refused with one sentence, or run, and they are as before. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTheirServers, type TheirServers } from '../../infra/external/fixtures/their-servers.ts';
import type { TheirDatabase } from '../../infra/external/testing.ts';
import { pickFreePort } from '../../infra/ports.ts';
import { type Result, resultSchema } from '../result/schema.ts';
import { finish, start } from './testing.ts';

const SLOW_MS = 300_000;
const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
let redis: Redis;
let rabbitmq: TheirServers['rabbitmq'];
let env: TheirServers['env'];
beforeAll(async () => {
  ({ env, redis, database, rabbitmq } = cleanUp.use(await startTheirServers()));
  await database.admin.query('CREATE SCHEMA shop');
  await database.admin.query('CREATE TABLE shop.items (id INT PRIMARY KEY)');
  await database.admin.query("CREATE USER reader@'%' IDENTIFIED BY 'rea%der'");
  await database.admin.query("GRANT SELECT ON *.* TO reader@'%'");
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-test-'));
  out = join(folder, 'out');
  await redis.flushall();
  await redis.set('user:1', 'Ann');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function snapshot(): Promise<unknown> {
  const keys = (await redis.keys('*')).sort();
  const values = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('hex')));
  const servers = { database: await database.snapshot(), rabbitmq: await rabbitmq.snapshot() };
  return {
    keys,
    values,
    settings: await redis.config('GET', '*'),
    users: await redis.acl('LIST'),
    ...servers,
  };
}

const launch = (args: readonly string[], changed: Partial<typeof env> = {}) =>
  start(['run', ...args, '--infra', 'external', '--out', out, '--force'], {
    cwd: folder,
    env: { ...env, ...changed },
  });

async function everythingWritten(): Promise<string> {
  const names = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))).join(
    '\n',
  );
}

function passwords(): string[] {
  return Object.values(env).map((url) => decodeURIComponent(new URL(url).password));
}

const OURS = ['--key-prefix', 'storm:', '--schema', 'storm'];
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1200', '--set', 'cache.ttlMs=400'];

describe('run --infra external', { timeout: SLOW_MS }, () => {
  test('storms, and leaves the servers as they were', async () => {
    const before = await snapshot();
    const { code, stdout, stderr } = await finish(
      launch(['breakdown', '--strategy', 'none,mutex', '--variants', 'none', ...QUICK, ...OURS, '--json']),
    );
    const result: Result = resultSchema.parse(JSON.parse(stdout));
    expect([0, 1, 4], stderr).toContain(code);
    expect(result.provenance.infra).toBe('external');
    const [scenario] = result.scenarios;
    expect(scenario?.strategies.map(({ name }) => name)).toEqual(['none', 'mutex']);
    // Counted by the server for the run's own user, and by the service: to the same number.
    const codes = scenario?.warnings.map((warning) => warning.code);
    expect(codes).not.toContain('truth-disagrees');
    expect(codes).toContain('cache-shared');
    for (const { metrics } of scenario?.strategies ?? [])
      expect(metrics['db.reads']?.median).toBeGreaterThan(0);
    const written = `${stdout}${stderr}${await everythingWritten()}`;
    expect(passwords().filter((password) => written.includes(password))).toEqual([]);
    expect(written).not.toMatch(/:\/\/[^"/\s]*:[^"/\s]*@/);
    expect(await snapshot()).toEqual(before);
  });

  test('keeps a way to write in step through their broker and binary log, whom they cut after a second of silence', async () => {
    await database.admin.query('SET SESSION wait_timeout = 28800');
    await database.admin.query('SET GLOBAL wait_timeout = 1');
    const before = await snapshot();
    const { code, stderr } = await finish(
      launch([
        ...['write-consistency', '--strategy', 'cache-aside,message-queue,binlog', '--variants', 'none'],
        ...['--rounds', '1', '--set', 'profiles.smoke.stormMs=2500', ...OURS],
      ]),
    );
    expect([0, 1, 4], stderr).toContain(code);
    const result = resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
    expect(result.scenarios[0]?.strategies).toHaveLength(3);
    expect(result.provenance.backends.map(({ kind }) => kind)).toEqual(['redis', 'database', 'rabbitmq']);
    expect(await snapshot()).toEqual(before);
    await database.admin.query('SET GLOBAL wait_timeout = 28800');
  });

  test('leaves nothing after a kill -9', async () => {
    const before = await snapshot();
    const args = ['write-consistency', '--strategy', 'message-queue', '--variants', 'none', '--rounds', '1'];
    const child = launch([...args, ...OURS]);
    const ended = finish(child);
    const events = () => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
    await expect.poll(events, { timeout: 60_000 }).toContain('storm-started');
    expect(await redis.exists('storm:marker')).toBe(1);
    expect(JSON.stringify(await rabbitmq.snapshot())).toMatch(/storm:[\da-f]{24}/);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(snapshot, { timeout: 60_000, interval: 500 }).toEqual(before);
  });

  test.each([
    [
      'one key of somebody else',
      [],
      {},
      3,
      /REDIS_URL .*: database 0: expected no keys, got 1 of .* "user:1"/,
    ],
    [
      'one table of somebody else',
      ['--key-prefix', 's:', '--schema', 'shop'],
      {},
      3,
      /the schema shop: .*items/,
    ],
    ['a missing address', [], { AMQP_URL: '', REDIS_URL: '' }, 2, /REDIS_URL is not set/],
    ['an address that is none', [], { MYSQL_URL: 'mysql:/secret@' }, 2, /MYSQL_URL: expected mysql:\/\//],
  ])('refuses %s', async (_name, args, changed, expected, message) => {
    await refuses(['breakdown', ...args], changed, { expected, message });
  });

  test('refuses a user who may only read, a wrong password and a closed port, all at once', async () => {
    const changed = {
      REDIS_URL: `redis://:secret@127.0.0.1:${await pickFreePort()}`,
      MYSQL_URL: database.url.replace(/admin:\w+/, 'reader:rea%25der'),
      AMQP_URL: env.AMQP_URL.replace(/:\w+@/, ':wrong%20one@'),
    };
    const stderr = await refuses(['write-consistency', ...OURS], changed, {
      expected: 3,
      message: /a closed port/,
    });
    expect(stderr).toMatch(/MYSQL_URL .*the rights of 'reader'@'%'.*GRANT CREATE USER ON \*\.\* TO/);
    expect(stderr).toMatch(/AMQP_URL .*: the log-in: .*a refusal of this user, password/);
    expect(stderr.trim().split('\n')).toHaveLength(3);
  });

  test('refuses a fault that needs the server’s host, and says what can run', async () => {
    const stderr = await refuses(
      ['write-crash', '--variants', 'all', ...OURS],
      {},
      { expected: 2, message: /can run/ },
    );
    expect(stderr).toMatch(/error: write-crash-[\w-]+: its fault restart of rabbitmq/);
    expect(stderr).toMatch(/error: write-crash-[\w-]+: its fault refuse: /);
    expect(stderr).toMatch(/of these can run: write-crash write-crash:unflushed .*\n/);
    const eviction = await refuses(['eviction'], {}, { expected: 2, message: /cache\.roomBytes/ });
    expect(eviction).toMatch(/what can run: breakdown /);
  });

  async function refuses(
    args: readonly string[],
    changed: Partial<typeof env>,
    { expected, message }: { readonly expected: number; readonly message: RegExp },
  ): Promise<string> {
    const before = await snapshot();
    const { code, stdout, stderr } = await finish(launch(args, changed));
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    const written = `${stdout}${stderr}${await everythingWritten()}`;
    expect(written).not.toMatch(/secret|rea%|wrong( |%20)one/);
    expect(passwords().filter((password) => written.includes(password))).toEqual([]);
    expect(await snapshot()).toEqual(before);
    // The message for people comes last, and once.
    return stderr.slice(stderr.indexOf('error: '));
  }
});
