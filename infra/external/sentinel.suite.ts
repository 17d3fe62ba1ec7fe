/** A Redis of somebody else behind a Sentinel, which puts another server in the master's place. */

import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NO_NEEDS } from '../backend.ts';
import { CLIENTS } from '../contract/clients.ts';
import { eventually } from '../contract/eventually.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { CREDENTIALS, dump, PASSWORD, TheirRedises } from './fixtures/their-redis.ts';
import { externalRedis } from './redis.ts';
import { listenerOf, startForTest } from './testing.ts';

const SLOW_MS = 120_000;

export function sentinelSuite(): void {
  let servers: TheirRedises;
  afterAll(() => servers?.[Symbol.asyncDispose]());

  let sentinel: { url: string; masters: Redis[]; guard: Redis };
  beforeAll(async () => {
    servers = await TheirRedises.open();
    const [first, second, port] = [await pickFreePort(), await pickFreePort(), await pickFreePort()];
    const secured = [`requirepass "${PASSWORD}"`, `masterauth "${PASSWORD}"`];
    const at = (server: number) => `redis://${CREDENTIALS}@127.0.0.1:${server}`;
    const masters = [
      await servers.start(first, [`port ${first}`, ...secured], at(first)),
      await servers.start(
        second,
        [`port ${second}`, `replicaof 127.0.0.1 ${first}`, 'repl-diskless-sync-delay 0', ...secured],
        at(second),
      ),
    ];
    // Else a Sentinel would not ask for replicas again for ten seconds.
    await eventually(
      async () => (await masters[0]?.info('replication'))?.includes('connected_slaves:1'),
      'the replica, as its master sees it',
      60_000,
    );
    const guard = await servers.start(
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
    place: {
      holder: () => listenerOf(sentinel.masters[0] as Redis),
      cut: (id) => (sentinel.masters[0] as Redis).client('KILL', 'ID', id),
    },
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
}
