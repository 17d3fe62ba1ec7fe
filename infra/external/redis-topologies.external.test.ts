/** Redis behind TLS, behind Sentinels, and in a cluster: processes started here, as somebody else would. */

import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_NEEDS } from '../backend.ts';
import { CLIENTS } from '../contract/clients.ts';
import { eventually } from '../contract/eventually.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { makeCertificates } from './fixtures/certificates.ts';
import { CREDENTIALS, dump, PASSWORD, TheirRedises } from './fixtures/their-redis.ts';
import { externalRedis } from './redis.ts';
import { sentinelSuite } from './sentinel.suite.ts';
import { ALL_NEEDS, findingsOf, listenerOf, startForTest } from './testing.ts';

const SLOW_MS = 120_000;

let servers: TheirRedises;
beforeAll(async () => {
  servers = await TheirRedises.open();
});
afterAll(() => servers?.[Symbol.asyncDispose]());

let tls: { url: string; redis: Redis; ca: string };
beforeAll(async () => {
  const { ca, server } = await makeCertificates(servers.folder);
  const port = await pickFreePort();
  const url = `rediss://${CREDENTIALS}@127.0.0.1:${port}`;
  const lines = [
    ...['port 0', `tls-port ${port}`, `tls-cert-file ${server.cert}`, `tls-key-file ${server.key}`],
    ...[`tls-ca-cert-file ${ca}`, 'tls-auth-clients no', `requirepass "${PASSWORD}"`],
  ];
  const redis = await servers.start(port, lines, `${url}/0?cacertfile=${ca}`);
  await redis.set('theirs', '1');
  tls = { url, redis, ca };
}, SLOW_MS);

describeExternalBackend({
  name: 'an external redis, by TLS',
  kind: 'redis',
  make: () =>
    externalRedis({ url: `${tls.url}/0?cacertfile=${tls.ca}`, keyPrefix: 'storm:', needs: NO_NEEDS }),
  snapshot: () => dump(tls.redis),
  place: { holder: () => listenerOf(tls.redis), cut: (id) => tls.redis.client('KILL', 'ID', id) },
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

describe('behind a Sentinel', () => sentinelSuite());

let cluster: { url: string; nodes: Redis[] };
beforeAll(async () => {
  const ports = [await pickFreePort(), await pickFreePort(), await pickFreePort()];
  const nodes: Redis[] = [];
  for (const port of ports) {
    const bus = await pickFreePort();
    const lines = [`port ${port}`, 'cluster-enabled yes', `cluster-port ${bus}`, `requirepass "${PASSWORD}"`];
    nodes.push(await servers.start(port, lines, `redis://${CREDENTIALS}@127.0.0.1:${port}`));
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
  place: {
    async holder() {
      const ids = await Promise.all(cluster.nodes.map(listenerOf));
      const node = ids.findIndex((id) => id !== undefined);
      return node === -1 ? undefined : `${node}:${ids[node]}`;
    },
    async cut(holder) {
      const [node, id = ''] = holder.split(':');
      await cluster.nodes[Number(node)]?.client('KILL', 'ID', id);
    },
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
