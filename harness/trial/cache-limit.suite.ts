/** What a limit of its memory does to a real Redis. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StartedBackend } from '../../infra/backend.ts';
import { evictionPolicies } from '../../scenarios/strategies/eviction-policy.ts';
import { connectRedisProbe, connectToRedis, type RedisProbe } from '../probes/redis.ts';
import { systemClock } from '../time/clock.ts';
import { type CacheLimiter, connectCacheLimiter } from './cache-limit.ts';

const ROOM_BYTES = 1_000_000;
const VALUE = 'x'.repeat(1_000);
/** As `none` would have it with values of its own for each. */
const WRITES = 2_000;

/** @param serverOf Of this suite alone: it sets the memory of the whole server. */
export function cacheLimitSuite(serverOf: () => StartedBackend): void {
  const resources = new AsyncDisposableStack();
  let redis: Redis;
  let probe: RedisProbe;
  let limiter: CacheLimiter;
  let server: StartedBackend;
  beforeAll(async () => {
    server = serverOf();
    const url = server.url('probe');
    redis = await connectToRedis(url);
    resources.defer(() => redis.disconnect());
    probe = resources.use(await connectRedisProbe(url, systemClock));
    limiter = resources.use(await connectCacheLimiter(url));
  });
  afterAll(() => resources.disposeAsync());
  beforeEach(async () => {
    await limiter.lift();
    await server.flush();
  });

  /** @returns how many were refused, as their writer was told */
  async function write(ttl: boolean): Promise<number> {
    const pipeline = redis.pipeline();
    for (let n = 0; n < WRITES; n++) {
      if (ttl) pipeline.set(`test:${n}`, VALUE, 'PX', 60_000);
      else pipeline.set(`test:${n}`, VALUE);
    }
    const answers = (await pipeline.exec()) ?? [];
    return answers.filter(([error]) => error?.message.startsWith('OOM ')).length;
  }

  test.each(evictionPolicies)('%s holds what fits, and Redis counts the rest', async (policy) => {
    const applied = await limiter.limit({ roomBytes: ROOM_BYTES, policy, samples: 5 });
    expect(applied.maxMemoryBytes - applied.baseBytes).toBe(ROOM_BYTES);
    const before = await probe.read();
    const refused = await write(true);
    const after = await probe.read();
    // 1,000 bytes and what Redis needs beside them.
    expect(after.entries).toBeGreaterThan(600);
    expect(after.entries).toBeLessThan(1_000);
    expect(after.refused - before.refused).toBe(refused);
    expect(after.evicted - before.evicted).toBe(WRITES - after.entries - refused);
    expect(refused > 0).toBe(policy === 'noeviction');
  });

  test('volatile policies refuse where no entry has a time to live', async () => {
    await limiter.limit({ roomBytes: ROOM_BYTES, policy: 'volatile-lru', samples: 5 });
    const before = await probe.read();
    const refused = await write(false);
    const after = await probe.read();
    expect(refused).toBe(WRITES - after.entries);
    expect(after.refused - before.refused).toBe(refused);
    expect(after.evicted).toBe(before.evicted);
  });

  test('volatile-ttl gives up first what expires first', async () => {
    await limiter.limit({ roomBytes: ROOM_BYTES, policy: 'volatile-ttl', samples: 64 });
    for (let n = 0; n < WRITES; n++) {
      // The later it is written, the sooner it expires: a first-in-first-out choice would keep these.
      await redis.set(`test:${n}`, VALUE, 'PX', 600_000 - n * 100);
    }
    const held = await redis.keys('test:*');
    const numbers = held.map((key) => Number(key.slice('test:'.length))).toSorted((a, b) => a - b);
    const early = numbers.filter((n) => n < WRITES / 2).length;
    expect(early / held.length).toBeGreaterThan(0.9);
  });

  test('what was set before comes back, whatever limits came between', async () => {
    await redis.config('SET', 'maxmemory', '123456789', 'maxmemory-policy', 'volatile-random');
    const setting = async () =>
      await redis.config('GET', 'maxmemory', 'maxmemory-policy', 'maxmemory-samples');
    const before = await setting();
    await limiter.limit({ roomBytes: ROOM_BYTES, policy: 'allkeys-lfu', samples: 7 });
    await limiter.limit({ roomBytes: 2 * ROOM_BYTES, policy: 'noeviction', samples: 9 });
    expect(await setting()).not.toEqual(before);
    await limiter.lift();
    expect(await setting()).toEqual(before);
    // Nothing of it is left for a server that was changed by others since.
    await redis.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
    await limiter.lift();
    expect(await setting()).toEqual(expect.arrayContaining(['maxmemory', '0', 'noeviction']));
  });
}
