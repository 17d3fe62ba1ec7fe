/** Copies in the processes that Redis keeps true, by CLIENT TRACKING. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { twoLevel } from '../../scenarios/strategies/read/two-level.ts';
import type { ReadResult } from '../../scenarios/strategies/strategy.ts';
import { type Instance, type StrategyBench, TTL_MS } from './testing.ts';

async function outcomeOf({ strategy }: Instance): Promise<ReadResult['outcome']> {
  return (await strategy.get('item-1')).outcome;
}

/** Reads until the process has a copy of its own. */
async function copied(instance: Instance): Promise<void> {
  await expect.poll(() => outcomeOf(instance)).toBe('l1');
}

export function twoLevelSuite(benchOf: () => StrategyBench): void {
  let bench: StrategyBench;
  beforeAll(() => {
    bench = benchOf();
  });
  beforeEach(() => bench.reset());

  test('a copy is dropped when its entry changes, in every process', async () => {
    const processes = [await bench.instanceOf(twoLevel), await bench.instanceOf(twoLevel)];
    for (const each of processes) await copied(each);
    await bench.origin.store('item-1', 'new');
    await bench.redis.del('test:item:item-1');
    for (const { strategy } of processes) {
      await expect.poll(async () => (await strategy.get('item-1')).item?.value).toBe('new');
    }
  });

  test('all copies are dropped when Redis loses everything', async () => {
    const instance = await bench.instanceOf(twoLevel);
    await copied(instance);
    await bench.redis.flushall();
    await expect.poll(() => outcomeOf(instance)).not.toBe('l1');
  });

  test('all copies are dropped with the connection that announces changes, and made again on a new one', async () => {
    const instance = await bench.instanceOf(twoLevel, { parameters: { l1TtlMs: 3_600_000 } });
    await copied(instance);
    await bench.origin.store('item-1', 'unannounced');
    // Both in one go: when the entry is deleted, there is nobody to be told.
    await bench.redis.pipeline().client('KILL', 'TYPE', 'PUBSUB').del('test:item:item-1').exec();
    await expect.poll(async () => (await instance.strategy.get('item-1')).item?.value).toBe('unannounced');
    await copied(instance);
    await bench.origin.store('item-1', 'announced');
    await bench.redis.del('test:item:item-1');
    await expect.poll(async () => (await instance.strategy.get('item-1')).item?.value).toBe('announced');
  });

  test('a copy is not older than its entry may get', async () => {
    const instance = await bench.instanceOf(twoLevel);
    const [item] = await bench.origin.loadMany(['item-1']);
    if (item === undefined) throw new Error('no row');
    // Written with a full time to live, as by a cache that refills one level from the other.
    await instance.strategy.preload?.([{ ...item, loadedAtMs: item.loadedAtMs - TTL_MS }]);
    for (let read = 0; read < 5; read++) expect(await outcomeOf(instance)).toBe('hit');
  });
}
