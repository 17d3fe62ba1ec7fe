/** Redis behind a Sentinel: what every backend promises, and that another server takes the master's place. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisClient } from '../address/redis-client.ts';
import type { StartedBackend } from '../backend.ts';
import { eventually } from '../contract/eventually.ts';
import { servesAndFlushes } from '../contract/every-backend.ts';
import { describeFeature, describeServer } from '../contract/feature.ts';
import { commandLines, LOOPBACK, listeningAddresses } from '../contract/kernel.ts';
import { type Stack, startStack } from '../stack.ts';
import { sentinelBackend } from './provider.ts';
import { imagesOf, leftOf } from './testing.ts';

const SLOW_MS = 120_000;

for (const image of imagesOf('redis')) {
  describeServer({ kind: 'redis', provider: 'containers', image }, () => {
    describeFeature('failover (Sentinel)', () => describeSentinel(image));
  });
}

function describeSentinel(image: string): void {
  describe(`${image} behind a Sentinel`, { timeout: SLOW_MS }, () => {
    let stack: Stack;
    let server: StartedBackend;
    /** As a service has it: open all the time. */
    let client: Redis;
    beforeAll(async () => {
      const runId = `test-sentinel-${image.replaceAll(/\W/g, '-')}-${process.pid}`;
      const { signal } = new AbortController();
      stack = await startStack({ backends: [sentinelBackend(image)], runId, signal });
      server = stack.get('redis');
      client = redisClient(server.url('service'), { commandTimeout: 500, maxRetriesPerRequest: 0 });
      await client.connect();
    }, SLOW_MS);
    afterAll(async () => {
      client?.disconnect();
      await stack?.[Symbol.asyncDispose]();
    }, SLOW_MS);

    /** The port of the server that the client speaks to. */
    const masterPort = async () => Number(((await client.config('GET', 'port')) as string[])[1]);
    const isWritable = () =>
      client.set('written', 'x').then(
        () => true,
        () => false,
      );
    const anotherThan = async (port: number) =>
      (await isWritable()) && (await masterPort().catch(() => port)) !== port;

    servesAndFlushes('redis', () => server);

    it('is reached by loopback only, and shows no password', async () => {
      const { port, password } = new URL(server.url('service'));
      for (const listening of [Number(port), await masterPort()]) {
        const addresses = listeningAddresses(listening);
        expect(addresses.length).toBeGreaterThan(0);
        expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
      }
      expect(commandLines().filter((line) => line.includes(password))).toEqual([]);
      expect(server.topology).toBe('sentinel');
    });

    it('has its replica take over when the master is silent, with its keys; an open client follows', async () => {
      await client.set('before', 'the failover');
      await client.wait(1, 5_000);
      const before = await masterPort();
      await server.pause();
      await eventually(() => anotherThan(before), 'another master', SLOW_MS);
      expect(await client.get('before')).toBe('the failover');
      await server.resume();
    });

    it('is one again after a flush: what was a master has followed, and its keys are gone', async () => {
      await server.flush();
      const master = await masterPort();
      expect((await client.info('replication')).includes('connected_slaves:1')).toBe(true);
      await client.set('after', 'the flush');
      await client.wait(1, 5_000);
      await server.kill();
      await server.kill();
      await eventually(() => anotherThan(master), 'another master', SLOW_MS);
      expect((await client.keys('*')).sort()).toEqual(['after', 'written']);
      await expect(server.flush()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
    });

    it('comes back as a replica: at the same address, and without an end to the keys of the master', async () => {
      const before = server.url('service');
      await server.restart();
      expect(server.url('service')).toBe(before);
      // Whichever is the master: on a starved machine a server may seem silent for a second at any time.
      await eventually(isWritable, 'a master', SLOW_MS);
      expect(await client.get('after')).toBe('the flush');
      expect(await client.info('replication')).toContain('connected_slaves:1');
    });

    it('may be restarted at once, and while paused', async () => {
      await server.restart();
      await eventually(isWritable, 'a master', SLOW_MS);
      await server.pause();
      await server.restart();
      await eventually(isWritable, 'a master', SLOW_MS);
      await server.flush();
    });

    it('leaves nothing when disposed, and can be disposed again', async () => {
      expect(await leftOf(stack.runId)).toHaveLength(6);
      await server.pause();
      await server[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      expect(await leftOf(stack.runId)).toEqual([]);
      for (const action of ['pause', 'restart', 'flush'] as const) {
        await expect(server[action]()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
      }
    });
  });
}
