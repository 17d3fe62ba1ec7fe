/** What a strategy does when Redis is full and may evict nothing, on a real Redis and a real database. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lease } from '../../scenarios/strategies/read/lease.ts';
import { logicalExpiry } from '../../scenarios/strategies/read/logical-expiry.ts';
import { mutex } from '../../scenarios/strategies/read/mutex.ts';
import { none } from '../../scenarios/strategies/read/none.ts';
import { nullCache } from '../../scenarios/strategies/read/null-cache.ts';
import { singleFlight } from '../../scenarios/strategies/read/single-flight.ts';
import { xfetch } from '../../scenarios/strategies/read/xfetch.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(async () => {
  await bench.reset();
  // Less than an empty server uses.
  await bench.redis.config('SET', 'maxmemory', '1', 'maxmemory-policy', 'noeviction');
});
afterEach(() => bench.redis.config('SET', 'maxmemory', '0'));

async function refusedWrites(): Promise<number> {
  const info = await bench.redis.info('errorstats');
  return Number(/errorstat_OOM:count=(\d+)/.exec(info)?.[1] ?? 0);
}

describe.each([
  { definition: none, writes: 1 },
  { definition: singleFlight, writes: 1 },
  { definition: nullCache, writes: 1 },
  { definition: xfetch, writes: 1 },
  // Lock and entry.
  { definition: mutex, writes: 2 },
  { definition: logicalExpiry, writes: 2 },
  { definition: lease, writes: 1 },
])('$definition.name', ({ definition, writes }) => {
  test('answers all the same, from the database each time, and Redis counts what it refused', async () => {
    const { strategy, backgroundErrors } = await bench.instanceOf(definition);
    const before = await refusedWrites();
    const loads = await bench.loadsOf(async () => {
      expect((await strategy.get('item-1')).item).toMatchObject({ id: 'item-1', version: 1 });
      expect((await strategy.get('item-1')).item).toMatchObject({ id: 'item-1', version: 1 });
    });
    expect(loads).toBe(2);
    expect((await refusedWrites()) - before).toBe(2 * writes);
    expect(await bench.redis.dbsize()).toBe(0);
    expect(backgroundErrors).toEqual([]);
  });

  test('preloads what there is room for', async () => {
    const { strategy } = await bench.instanceOf(definition);
    await strategy.preload?.(await bench.origin.loadMany(['item-0', 'item-1']));
    expect(await bench.redis.dbsize()).toBe(0);
  });
});

test('a lease is handed back when the entry finds no room', async () => {
  const { strategy, board } = await bench.instanceOf(lease);
  await bench.redis.config('SET', 'maxmemory', '0');
  const held = board.hold('beforeCacheSet');
  const reading = strategy.get('item-1');
  await held.reached();
  expect(await bench.redis.dbsize()).toBe(1);
  await bench.redis.config('SET', 'maxmemory', '1');
  held.release();
  expect((await reading).item).toMatchObject({ id: 'item-1' });
  expect(await bench.redis.dbsize()).toBe(0);
});

test('a write that Redis refuses for another reason still fails the read', async () => {
  const { strategy } = await bench.instanceOf(none);
  await bench.redis.config('SET', 'maxmemory', '0', 'min-replicas-to-write', '1');
  try {
    await expect(strategy.get('item-1')).rejects.toThrow('NOREPLICAS');
  } finally {
    await bench.redis.config('SET', 'min-replicas-to-write', '0');
  }
});
