import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisClient } from '../address/redis-client.ts';
import { NO_NEEDS } from '../backend.ts';
import { CLIENTS } from '../contract/clients.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { localRedis } from '../local/redis.ts';
import { pickFreePort } from '../ports.ts';
import type { Stack } from '../stack.ts';
import { TheirRedises } from './fixtures/their-redis.ts';
import { listen } from './redis/lease.ts';
import { isAlive, type Marker, readMarker, setMarker, takeOver } from './redis/marker.ts';
import { externalRedis } from './redis.ts';
import { ALL_NEEDS, findingsOf, listenerOf, startForTest } from './testing.ts';

const cleanUp = new AsyncDisposableStack();
let theirs: Stack;
let url: string;
let redis: Redis;
beforeAll(async () => {
  theirs = cleanUp.use(await startForTest(localRedis()));
  url = theirs.get('redis').url('service');
  redis = cleanUp.adopt(redisClient(url, {}), (client) => client.disconnect());
  await redis.connect();
});
afterAll(() => cleanUp.disposeAsync());

/** Every key of every database with its value as Redis dumps it and its time to live, and what can be set. */
async function snapshot(): Promise<unknown> {
  const keys = [];
  for (const database of [0, 1, 2]) {
    await redis.select(database);
    for (const key of (await redis.keys('*')).sort())
      keys.push([
        database,
        key,
        (await redis.dumpBuffer(key))?.toString('hex'),
        await redis.pexpiretime(key),
      ]);
  }
  await redis.select(0);
  return { keys, users: await redis.acl('LIST'), settings: await redis.config('GET', '*') };
}

async function fill(): Promise<void> {
  await redis.flushall();
  await redis.set('user:1', 'Ann');
  await redis.set('storm:item:1', 'no key of ours: what SCAN takes for our prefix');
  await redis.hset('stor[m]:x', { a: 1 });
  await redis.set('session', 'x', 'PX', 3_600_000);
  await redis.select(1);
  await redis.rpush('storm:', '1', '2');
  await redis.select(0);
}

describe('beside the keys of others', () => {
  beforeAll(fill);
  describeExternalBackend({
    name: 'an external redis, by prefix',
    kind: 'redis',
    // To SCAN most of it would mean something else than itself.
    make: () => externalRedis({ url, keyPrefix: 'st[o]?*m:', needs: ALL_NEEDS }),
    snapshot,
    place: { holder: () => listenerOf(redis), cut: (id) => redis.client('KILL', 'ID', id) },
  });
  describeExternalBackend({
    name: 'an external redis, in a database of its own',
    kind: 'redis',
    make: () => externalRedis({ url: url.replace(/0$/, '2'), needs: NO_NEEDS }),
    snapshot,
    place: { holder: () => listenerOf(redis), cut: (id) => redis.client('KILL', 'ID', id) },
  });
});

describe('a redis that is not fit', () => {
  let before: unknown;
  beforeEach(async () => {
    await fill();
    before = await snapshot();
  });

  async function onlyFinding(address: string, keyPrefix?: string, needs = NO_NEEDS) {
    const findings = (await findingsOf(externalRedis({ url: address, keyPrefix, needs }))) ?? [];
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain(new URL(url).password);
    return findings[0];
  }

  it('holds one key of somebody else', async () => {
    await redis.flushall();
    await redis.set('user:1', 'Ann');
    before = await snapshot();
    expect(await onlyFinding(url)).toEqual({
      server: `REDIS_URL (127.0.0.1:${new URL(url).port})`,
      what: 'database 0',
      expected: 'no keys',
      got: '1 of somebody else, such as "user:1"',
      mend: expect.stringContaining('--key-prefix'),
    });
    expect(await snapshot()).toEqual(before);
  });

  it('holds a key with our prefix', async () => {
    await redis.set('ours:1', 'Ann');
    before = await snapshot();
    expect(await onlyFinding(url, 'ours:')).toMatchObject({ got: '1 of somebody else, such as "ours:1"' });
    expect(await snapshot()).toEqual(before);
  });

  it('holds what looks like our marker and is not', async () => {
    await redis.set('ours:marker', '{}');
    await redis.set('ours:item:1', 'Ann');
    before = await snapshot();
    expect(await onlyFinding(url, 'ours:')).toMatchObject({ got: expect.stringMatching(/^2 of somebody/) });
    expect(await snapshot()).toEqual(before);
  });

  it('holds a marker that is not to the letter ours', async () => {
    const theirs = { runId: '42', startedAt: '2026-01-01T00:00:00.000Z', job: 'etl' };
    for (const value of [theirs, { ...theirs, job: undefined, startedAt: 'yesterday' }]) {
      await redis.set('ours:marker', JSON.stringify(value));
      await redis.set('ours:order:1', 'Ann');
      before = await snapshot();
      expect(await onlyFinding(url, 'ours:')).toMatchObject({ got: expect.stringMatching(/^2 of somebody/) });
      expect(await snapshot()).toEqual(before);
    }
  });

  it('holds something else in the place of our marker', async () => {
    await redis.hset('ours:marker', { a: 1 });
    before = await snapshot();
    expect(await onlyFinding(url, 'ours:')).toMatchObject({ got: expect.stringMatching(/^1 of somebody/) });
    expect(await snapshot()).toEqual(before);
  });

  it('announces nothing of keys, and one is to be watched', async () => {
    await redis.config('SET', 'notify-keyspace-events', 'Elg');
    expect(await onlyFinding(url, 'ours:', ALL_NEEDS)).toMatchObject({
      what: 'notify-keyspace-events',
      mend: expect.stringMatching(/^CONFIG SET notify-keyspace-events [glEKx$]{6}$/),
    });
    await redis.config('SET', 'notify-keyspace-events', 'KA');
    expect(await findingsOf(externalRedis({ url, keyPrefix: 'ours:', needs: ALL_NEEDS }))).toBeNull();
    await redis.config('SET', 'notify-keyspace-events', 'Kg$x');
    expect(await snapshot()).toEqual(before);
  });

  it('keeps commands and keys from its user', async () => {
    const limited = new URL(url);
    await redis.acl('SETUSER', 'limited', 'on', '>secret', '~other:*', '+@all', '-unlink', '-eval');
    limited.username = 'limited';
    limited.password = 'secret';
    const finding = await onlyFinding(limited.href, 'ours:');
    expect(finding?.mend).toBe("ACL SETUSER limited '~ours:*' '&ours:*' +unlink +eval");
    const events = '&__keyspace@0__:ours:*';
    await redis.acl('SETUSER', 'limited', '~ours:*', '&ours:*', events, '+unlink', '+eval');
    expect(
      await findingsOf(externalRedis({ url: limited.href, keyPrefix: 'ours:', needs: ALL_NEEDS })),
    ).toBeNull();
    await redis.acl('DELUSER', 'limited');
    expect(await snapshot()).toEqual(before);
  });

  it('has commands renamed, which no ACL gives back', async () => {
    await using others = await TheirRedises.open();
    const port = await pickFreePort();
    const address = `redis://127.0.0.1:${port}`;
    await others.start(
      port,
      [`port ${port}`, 'rename-command UNLINK ""', 'rename-command CONFIG ""'],
      address,
    );
    expect(await onlyFinding(address, 'ours:', ALL_NEEDS)).toEqual({
      server: `REDIS_URL (127.0.0.1:${port})`,
      what: 'its commands',
      expected: 'unlink',
      got: expect.stringContaining('rename-command'),
      mend: expect.stringContaining('No ACL gives them back'),
    });
  });

  it.each([
    ['has no CONFIG', ['rename-command CONFIG ""']],
    ['keeps CONFIG from its user', ['user default on nopass ~* &* +@all -config']],
  ])('%s: whether it announces what happens to keys is seen from keys of ours', async (_name, lines) => {
    await using others = await TheirRedises.open();
    for (const [flags, expected] of [
      ['Kg$x', null],
      ['Kg$', [expect.objectContaining({ got: 'none of expired' })]],
    ] as const) {
      const port = await pickFreePort();
      const address = `redis://127.0.0.1:${port}`;
      const server = await others.start(
        port,
        [`port ${port}`, ...lines, `notify-keyspace-events ${flags}`],
        address,
      );
      expect(await findingsOf(externalRedis({ url: address, needs: ALL_NEEDS }))).toEqual(expected);
      expect(await server.keys('*')).toEqual([]);
    }
  });

  it('has no room left for a key', async () => {
    await redis.config('SET', 'maxmemory', '1', 'maxmemory-policy', 'noeviction');
    expect(await onlyFinding(url, 'ours:')).toMatchObject({
      what: 'its memory',
      got: expect.stringMatching(/^\d+ bytes used of maxmemory 1 \(noeviction\)$/),
    });
    await redis.config('SET', 'maxmemory', '0');
    expect(await snapshot()).toEqual(before);
  });

  it('takes no writes, for a reason of its own', async () => {
    await redis.config('SET', 'min-replicas-to-write', '1');
    expect(await onlyFinding(url, 'ours:')).toMatchObject({
      what: 'its writes',
      got: expect.stringMatching(/^NOREPLICAS /),
    });
    await redis.config('SET', 'min-replicas-to-write', '0');
    expect(await snapshot()).toEqual(before);
  });

  it('is a replica', async () => {
    await using other = await startForTest(localRedis());
    const replica = redisClient(other.get('redis').url('service'), {});
    await replica.connect();
    await replica.replicaof('127.0.0.1', 1);
    expect(await onlyFinding(other.get('redis').url('service'))).toMatchObject({ got: 'a replica' });
    replica.disconnect();
  });

  it.each([
    [
      'a wrong password',
      (right: URL) => right.href.replace(right.password, 'wrong'),
      /^a refusal of this user/,
    ],
    ['no password', (right: URL) => `redis://${right.host}`, /^a refusal of this user/],
    ['an unknown host', () => 'redis://:secret@no-such-host.invalid:6379', 'an unknown host'],
    ['TLS where there is none', (right: URL) => right.href.replace('redis:', 'rediss:'), 'no answer in time'],
    ['a database that it has not', (right: URL) => right.href.replace(/0$/, '99'), 'none of that number'],
    [
      'a Redis called a Sentinel',
      (right: URL) => right.href.replace('redis:', 'redis+sentinel:').replace(/0$/, 'mymaster'),
      'a Redis',
    ],
    [
      'a Redis called a cluster',
      (right: URL) => right.href.replace('redis:', 'redis+cluster:'),
      'a Redis by itself',
    ],
    [
      'a Sentinel where there is none',
      () => 'redis+sentinel://:secret@127.0.0.1:1/mymaster',
      'a closed port',
    ],
  ])('can not be reached: %s', async (_name, change, got) => {
    expect(await onlyFinding(change(new URL(url)))).toMatchObject({
      got: typeof got === 'string' ? got : expect.stringMatching(got),
    });
    expect(await snapshot()).toEqual(before);
  });

  it('can not be reached: a closed port', async () => {
    const port = await pickFreePort();
    expect(await onlyFinding(`redis://:secret@127.0.0.1:${port}`)).toEqual({
      server: `REDIS_URL (127.0.0.1:${port})`,
      what: 'the connection',
      expected: 'a Redis',
      got: 'a closed port',
      mend: 'Start the server, or correct the port in REDIS_URL.',
    });
  });

  it('can not be reached: a port of something else', async () => {
    const greeter = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('J\x00\x00\x00\x0a10.11.14-MariaDB\r\n');
    });
    await new Promise<void>((resolve) => greeter.listen(0, '127.0.0.1', resolve));
    const { port } = greeter.address() as { port: number };
    expect(await onlyFinding(`redis://:secret@127.0.0.1:${port}`)).toMatchObject({
      got: expect.stringContaining('does not answer as a Redis does'),
    });
    greeter.close();
  });
});

describe('the examination of a redis', () => {
  /** What a server was told by its clients while `work` went on, but for what the test itself says. */
  async function heard(work: () => Promise<unknown>): Promise<string[]> {
    const monitor = await redis.monitor();
    const commands: string[] = [];
    const end = `the end ${randomUUID()}`;
    const ended = new Promise<void>((resolve) =>
      monitor.on('monitor', (_at, [command = '', ...args]: string[]) => {
        if (args[0] === end) resolve();
        else commands.push(command.toLowerCase());
      }),
    );
    await work();
    await redis.echo(end);
    await ended;
    monitor.disconnect();
    return [...new Set(commands)].sort();
  }

  it('reads only, and a key of somebody else that looks like ours is not touched', async () => {
    await fill();
    // It deleted this one to find out whether it may.
    await redis.set('ours:marker:nothing', 'Ann');
    const before = await snapshot();
    const backend = externalRedis({ url, keyPrefix: 'ours:', needs: ALL_NEEDS });
    const told = await heard(async () => {
      expect(await backend.examine?.(new AbortController().signal)).toMatchObject([
        { got: '1 of somebody else, such as "ours:marker:nothing"' },
      ]);
    });
    expect(await snapshot()).toEqual(before);
    const reads = [
      ...['config', 'dbsize', 'discard', 'get', 'info', 'mget', 'multi', 'ping', 'pttl', 'pubsub', 'scan'],
      // EXEC without a transaction, to know whether it may be said, executes nothing.
      ...['client', 'exec', 'hello', 'select', 'subscribe', 'unsubscribe', 'quit'],
    ];
    expect(told.filter((command) => !reads.includes(command))).toEqual([]);
    expect(told).toContain('scan');
  });
});

describe('other clients', () => {
  it('are counted, and those that looked at it before are none', async () => {
    await using other = await startForTest(localRedis());
    const address = other.get('redis').url('service');
    const othersOf = async () => {
      await using stack = await startForTest(externalRedis({ url: address, needs: NO_NEEDS }));
      return stack.get('redis').otherClients;
    };
    expect(await othersOf()).toBe(0);
    const client = redisClient(address, {});
    await client.connect();
    expect(await othersOf()).toBe(1);
    client.disconnect();
  });
});

describe('the rights that the docs name', () => {
  it('suffice, and are enforced', async () => {
    const docs = await readFile(new URL('../../docs/external.md', import.meta.url), 'utf8');
    const [, rules = ''] = /ACL SETUSER cachestorm (on .*)/.exec(docs) ?? [];
    await fill();
    await redis.flushdb();
    await redis.acl('SETUSER', 'cachestorm', ...rules.replace('>...', '>secret').split(' '));
    const address = url.replace(/:\/\/.*@/, '://cachestorm:secret@');
    const limited = redisClient(address, {});
    await limited.connect();
    await expect(limited.set('user:1', 'x')).rejects.toThrow(/NOPERM/);
    await expect(limited.flushall()).rejects.toThrow(/NOPERM/);
    // As the probe does.
    await limited.subscribe('__keyspace@0__:cachestorm:item:0');
    limited.disconnect();
    {
      await using stack = await startForTest(externalRedis({ url: address, needs: ALL_NEEDS }));
      await using client = await CLIENTS.redis(stack.get('redis').url('service'), 'cachestorm:');
      await client.put();
      await stack.get('redis').flush();
    }
    await redis.acl('DELUSER', 'cachestorm');
    expect(await redis.dbsize()).toBe(0);
  });
});

describe('what a dead run has left', () => {
  it('is not taken over once that run is back to life, nor once another has it', async () => {
    const [dead, other] = ['dead', 'other'].map((runId) => ({
      runId,
      startedAt: '2026-01-01T00:00:00.000Z',
    })) as [Marker, Marker];
    await redis.flushall();
    await setMarker(redis, 'ours:', dead);
    {
      await using _life = await listen({ url, prefix: 'ours:', runId: 'dead' });
      expect(await takeOver(redis, 'ours:', dead, other)).toBe(false);
      expect(await readMarker(redis, 'ours:')).toEqual(dead);
    }
    await expect.poll(() => isAlive(redis, 'ours:', dead)).toBe(false);
    expect(await takeOver(redis, 'ours:', dead, other)).toBe(true);
    expect(await readMarker(redis, 'ours:')).toEqual(other);
    expect(await takeOver(redis, 'ours:', dead, dead)).toBe(false);
  });

  it('is removed by the next one, and nothing else', async () => {
    await fill();
    const before = await snapshot();
    await redis.set('ours:marker', JSON.stringify({ runId: 'dead', startedAt: '2026-01-01T00:00:00.000Z' }));
    for (let n = 0; n < 2_500; n++) await redis.set(`ours:item:${n}`, 'x');
    expect(await findingsOf(externalRedis({ url, keyPrefix: 'ours:', needs: NO_NEEDS }))).toBeNull();
    expect(await snapshot()).toEqual(before);
  });
});
