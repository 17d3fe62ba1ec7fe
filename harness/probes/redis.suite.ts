/** What the harness reads off a Redis: its counters, and what it announces of a key. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StartedBackend } from '../../infra/backend.ts';
import { systemClock } from '../time/clock.ts';
import { connectRedisProbe, connectToRedis, type RedisProbe } from './redis.ts';

export function redisProbeSuite(serverOf: () => StartedBackend): void {
  const cleanUp = new AsyncDisposableStack();
  let redis: Redis;
  let probe: RedisProbe;
  beforeAll(async () => {
    redis = await connectToRedis(serverOf().url('service'));
    cleanUp.defer(() => redis.disconnect());
    probe = cleanUp.use(await connectRedisProbe(serverOf().url('probe'), systemClock));
  });
  afterAll(() => cleanUp.disposeAsync());
  beforeEach(() => serverOf().flush());
  const own = (key: string) => `${serverOf().prefix ?? ''}${key}`;

  test('a watched key is announced with what happens to it, in order, and no other key', async () => {
    const stop = await probe.watch(own('watched'));
    const startedUs = systemClock.nowUs();
    await redis.set(own('other'), 'x');
    await redis.set(own('watched'), 'x');
    await redis.setrange(own('watched'), 0, 'y');
    await redis.pexpire(own('watched'), 60_000);
    await redis.del(own('watched'));
    await redis.set(own('watched'), 'x', 'PX', 1);
    // Redis announces the end of an entry when somebody asks for it, at the latest.
    await expect.poll(() => redis.get(own('watched'))).toBeNull();
    const events = await stop();
    // Versions differ in whether they tell the time to live of a SET.
    const told = events.map(({ event }) => event);
    expect(told.toSpliced(5, Number(told[5] === 'expire'))).toEqual([
      'set',
      'setrange',
      'expire',
      'del',
      'set',
      'expired',
    ]);
    for (const { atUs } of events) {
      expect(atUs).toBeGreaterThanOrEqual(startedUs);
      expect(atUs).toBeLessThanOrEqual(systemClock.nowUs());
    }
  });

  test('hits, misses and expired entries are counted, scripts’ too', async () => {
    const before = await probe.read();
    await redis.set(own('there'), 'x');
    await redis.get(own('there'));
    await redis.get(own('absent'));
    await redis.eval("return redis.call('get', KEYS[1])", 1, own('there'));
    await redis.set(own('brief'), 'x', 'PX', 1);
    await expect.poll(async () => (await probe.read()).expired - before.expired).toBe(1);
    const after = await probe.read();
    const changed = (['hits', 'misses', 'entries'] as const).map(
      (counter) => after[counter] - before[counter],
    );
    expect(changed).toEqual([2, 1, 1]);
    expect(after.memoryBytes).toBeGreaterThan(0);
  });
}
