/** Redis behind TLS, behind Sentinels, and in a cluster: processes started here, as somebody else would. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisClient } from '../address/redis-client.ts';
import { CLIENTS } from '../contract/clients.ts';
import { eventually } from '../contract/eventually.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { findProgram } from '../local/find.ts';
import { pickFreePort } from '../ports.ts';
import { makeCertificates } from './fixtures/certificates.ts';
import { externalRedis } from './redis.ts';
import { ALL_NEEDS, findingsOf, listenerOf, NO_NEEDS, startForTest } from './testing.ts';

const PASSWORD = 'p@ss/word';
const CREDENTIALS = `:${encodeURIComponent(PASSWORD)}`;
const SLOW_MS = 120_000;

const cleanUp = new AsyncDisposableStack();
let folder: string;
beforeAll(async () => {
  folder = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'test-topologies-')), (path) =>
    rm(path, { recursive: true, force: true, maxRetries: 5 }),
  );
});
afterAll(() => cleanUp.disposeAsync());

/** Starts a server with these lines of configuration, and resolves once it answers. */
async function startRedis(port: number, lines: readonly string[], url: string): Promise<Redis> {
  const directory = join(folder, String(port));
  await mkdir(directory);
  const configuration = join(directory, 'redis.conf');
  const common = ['bind 127.0.0.1', `dir ${directory}`, 'save ""', 'daemonize no', 'logfile log'];
  await writeFile(configuration, [...common, ...lines, ''].join('\n'));
  const { path } = await findProgram('redis');
  const sentinel = lines.some((line) => line.startsWith('sentinel ')) ? ['--sentinel'] : [];
  const child = spawn(path, [configuration, ...sentinel], { stdio: 'ignore' });
  cleanUp.defer(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.kill('SIGKILL')) await ended;
  });
  // One that comes back after a failover, in which a server drops its connections.
  const client = cleanUp.adopt(redisClient(url, { retryStrategy: () => 20 }), (held) => held.disconnect());
  await client.connect().catch(() => undefined);
  await eventually(
    () =>
      client.ping().then(
        () => true,
        () => false,
      ),
    `a Redis on ${port}`,
    60_000,
  );
  return client;
}

async function dump(redis: Redis): Promise<unknown> {
  const keys = (await redis.keys('*')).sort();
  return Promise.all(keys.map(async (key) => [key, (await redis.dumpBuffer(key))?.toString('hex')]));
}

let tls: { url: string; redis: Redis; ca: string };
beforeAll(async () => {
  const { ca, server } = await makeCertificates(folder);
  const port = await pickFreePort();
  const url = `rediss://${CREDENTIALS}@127.0.0.1:${port}`;
  const lines = [
    ...['port 0', `tls-port ${port}`, `tls-cert-file ${server.cert}`, `tls-key-file ${server.key}`],
    ...[`tls-ca-cert-file ${ca}`, 'tls-auth-clients no', `requirepass "${PASSWORD}"`],
  ];
  const redis = await startRedis(port, lines, `${url}/0?cacertfile=${ca}`);
  await redis.set('theirs', '1');
  tls = { url, redis, ca };
}, SLOW_MS);

describeExternalBackend({
  name: 'an external redis, by TLS',
  kind: 'redis',
  make: () =>
    externalRedis({ url: `${tls.url}/0?cacertfile=${tls.ca}`, keyPrefix: 'storm:', needs: NO_NEEDS }),
  snapshot: () => dump(tls.redis),
  holder: () => listenerOf(tls.redis),
  cut: (id) => tls.redis.client('KILL', 'ID', id),
});

it('says whom to trust where a certificate is not known, whose it is, and that TLS is wanted', async () => {
  const [untrusted] = (await findingsOf(externalRedis({ url: tls.url, needs: NO_NEEDS }))) ?? [];
  expect(untrusted).toMatchObject({
    what: 'TLS',
    got: expect.stringContaining("one that can't"),
    mend: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  const byName = `${tls.url.replace('127.0.0.1', 'localhost')}?cacertfile=${tls.ca}`;
  expect(await findingsOf(externalRedis({ url: byName, needs: NO_NEEDS }))).toMatchObject([
    { what: 'TLS', got: expect.stringContaining('one for IP Address:127.0.0.1') },
  ]);
  expect(() => externalRedis({ url: `${tls.url}?cacertfile=/nowhere.pem`, needs: NO_NEEDS })).toThrow(
    /cacertfile=\/nowhere\.pem can't be read/,
  );
  const plain = tls.url.replace('rediss:', 'redis:');
  const [wanted] = (await findingsOf(externalRedis({ url: plain, needs: NO_NEEDS }))) ?? [];
  expect(wanted).toMatchObject({ what: 'the connection', mend: expect.stringContaining('rediss://') });
  expect(JSON.stringify([untrusted, wanted])).not.toMatch(/p@ss|p%40ss/);
});

let sentinel: { url: string; masters: Redis[]; guard: Redis };
beforeAll(async () => {
  const [first, second, port] = [await pickFreePort(), await pickFreePort(), await pickFreePort()];
  const secured = [`requirepass "${PASSWORD}"`, `masterauth "${PASSWORD}"`];
  const at = (server: number) => `redis://${CREDENTIALS}@127.0.0.1:${server}`;
  const masters = [
    await startRedis(first, [`port ${first}`, ...secured], at(first)),
    await startRedis(
      second,
      [`port ${second}`, `replicaof 127.0.0.1 ${first}`, 'repl-diskless-sync-delay 0', ...secured],
      at(second),
    ),
  ];
  const guard = await startRedis(
    port,
    [
      ...[`port ${port}`, `sentinel monitor mymaster 127.0.0.1 ${first} 1`],
      ...[`sentinel auth-pass mymaster "${PASSWORD}"`, 'sentinel down-after-milliseconds mymaster 60000'],
    ],
    `redis://127.0.0.1:${port}`,
  );
  await masters[0]?.set('theirs', '1');
  await eventually(
    async () => String(await guard.call('SENTINEL', 'REPLICAS', 'mymaster')).includes(`,${second},`),
    'the replica, as its Sentinel sees it',
    60_000,
  );
  const url = `redis+sentinel://${CREDENTIALS}@127.0.0.1:1,127.0.0.1:${port}/mymaster`;
  sentinel = { url, masters, guard };
}, SLOW_MS);

describeExternalBackend({
  name: 'an external redis, behind Sentinel',
  kind: 'redis',
  make: () => externalRedis({ url: sentinel.url, keyPrefix: 'storm:', needs: NO_NEEDS }),
  snapshot: () => dump(sentinel.masters[0] as Redis),
  holder: () => listenerOf(sentinel.masters[0] as Redis),
  cut: (id) => (sentinel.masters[0] as Redis).client('KILL', 'ID', id),
});

it('is followed to another master, by services too', { timeout: SLOW_MS }, async () => {
  const [first, second] = sentinel.masters as [Redis, Redis];
  await using stack = await startForTest(
    externalRedis({ url: sentinel.url, keyPrefix: 'storm:', needs: NO_NEEDS }),
  );
  const server = stack.get('redis');
  expect(server.topology).toBe('sentinel');
  await eventually(
    async () => (await sentinel.guard.call('SENTINEL', 'FAILOVER', 'mymaster').catch(() => null)) === 'OK',
    'a failover',
    60_000,
  );
  await eventually(async () => (await second.role())[0] === 'master', 'another master', 60_000);
  await eventually(async () => (await first.role())[0] === 'slave', 'the end of the old master', 60_000);
  await using client = await CLIENTS.redis(server.url('service'), server.prefix);
  await client.put();
  expect(await second.keys('storm:item:*')).toHaveLength(1);
  await server.flush();
  expect(await second.keys('storm:item:*')).toEqual([]);
});

let cluster: { url: string; nodes: Redis[] };
beforeAll(async () => {
  const ports = [await pickFreePort(), await pickFreePort(), await pickFreePort()];
  const nodes: Redis[] = [];
  for (const port of ports) {
    const bus = await pickFreePort();
    const lines = [`port ${port}`, 'cluster-enabled yes', `cluster-port ${bus}`, `requirepass "${PASSWORD}"`];
    nodes.push(await startRedis(port, lines, `redis://${CREDENTIALS}@127.0.0.1:${port}`));
    for (const node of nodes) await node.cluster('MEET', '127.0.0.1', ports[nodes.length - 1] ?? 0, bus);
  }
  for (const [index, node] of nodes.entries()) {
    const [from, to] = [Math.floor((index * 16_384) / 3), Math.floor(((index + 1) * 16_384) / 3) - 1];
    await node.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  await eventually(
    async () =>
      (await Promise.all(nodes.map((node) => node.cluster('INFO')))).every((info) =>
        /cluster_state:ok/.test(info),
      ),
    'a cluster',
    60_000,
  );
  await eventually(
    async () =>
      (await Promise.all(nodes.map((node) => node.cluster('SLOTS')))).every((slots) => slots.length === 3),
    'all nodes of the cluster',
    60_000,
  );
  cluster = {
    url: `redis+cluster://${CREDENTIALS}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
  };
}, SLOW_MS);

describeExternalBackend({
  name: 'an external redis, in a cluster',
  kind: 'redis',
  make: () => externalRedis({ url: cluster.url, keyPrefix: 'storm:', needs: NO_NEEDS }),
  snapshot: () => Promise.all(cluster.nodes.map(dump)),
  async holder() {
    const ids = await Promise.all(cluster.nodes.map(listenerOf));
    const node = ids.findIndex((id) => id !== undefined);
    return node === -1 ? undefined : `${node}:${ids[node]}`;
  },
  async cut(holder) {
    const [node, id = ''] = holder.split(':');
    await cluster.nodes[Number(node)]?.client('KILL', 'ID', id);
  },
});

it('keeps to one node of a cluster, and a plain address of a node is refused', async () => {
  await using stack = await startForTest(externalRedis({ url: cluster.url, needs: NO_NEEDS }));
  const server = stack.get('redis');
  expect([server.prefix, server.topology]).toEqual(['{cachestorm:}', 'cluster']);
  await using client = await CLIENTS.redis(server.url('service'), server.prefix);
  for (let n = 0; n < 5; n++) await client.put();
  const sizes = await Promise.all(cluster.nodes.map((node) => node.dbsize()));
  expect(sizes.sort()).toEqual([0, 0, 5 + 1]);
  const plain = server.url('service');
  expect(await findingsOf(externalRedis({ url: plain, needs: ALL_NEEDS }))).toMatchObject([
    { got: 'a node of a cluster', mend: expect.stringContaining('redis+cluster://') },
  ]);
});
