/** What the strategies that keep load off a database promise beyond the contract of all, on real servers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adaptiveLimit } from '../../scenarios/strategies/read/adaptive-limit.ts';
import { concurrencyLimit } from '../../scenarios/strategies/read/concurrency-limit.ts';
import { type Instance, type StrategyBench, startStrategyBench } from './testing.ts';

const SHED = { item: null, outcome: 'shed', refusal: 'overload' };

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

describe('concurrency-limit', () => {
  const NARROW = { concurrency: 1, queue: 1, queueWaitMs: 60_000, newestFirst: 0 };

  /** One loads, one waits; readers of different rows. */
  async function full(parameters: Record<string, number> = {}) {
    await bench.reset(5);
    const instance = await bench.instanceOf(concurrencyLimit, {
      parameters: { ...NARROW, ...parameters },
    });
    const held = instance.board.hold('beforeDbRead');
    const hangUp = new AbortController();
    const loading = instance.strategy.get('item-0');
    await held.reached();
    const waiting = instance.strategy.get('item-1', { signal: hangUp.signal });
    // One connection answers in order: the reader has missed by now, and waits.
    await bench.redis.ping();
    return { ...instance, held, hangUp, loading, waiting };
  }

  test('runs so many loads, lets so many readers wait, and refuses the rest', async () => {
    const { strategy, held, loading, waiting } = await full();
    const loads = await bench.loadsOf(async () => {
      expect(await strategy.get('item-2')).toEqual(SHED);
      held.release();
      expect((await loading).item?.id).toBe('item-0');
      expect((await waiting).item?.id).toBe('item-1');
    });
    expect(loads).toBe(2);
    expect((await strategy.get('item-2')).item?.id).toBe('item-2');
  });

  test('newest first, the one that has waited longest is refused', async () => {
    const { strategy, held, waiting } = await full({ newestFirst: 1 });
    const newest = strategy.get('item-2');
    expect(await waiting).toEqual(SHED);
    held.release();
    expect((await newest).item?.id).toBe('item-2');
  });

  test('a reader who hangs up while waiting costs no load', async () => {
    const { held, hangUp, loading, waiting } = await full();
    const loads = await bench.loadsOf(async () => {
      hangUp.abort();
      expect(await waiting).toEqual(SHED);
      held.release();
      await loading;
    });
    expect(loads).toBe(1);
  });

  test('a reader who has waited too long is refused, and costs no load', async () => {
    const { held, loading, waiting } = await full({ queueWaitMs: 20 });
    const loads = await bench.loadsOf(async () => {
      expect(await waiting).toEqual(SHED);
      held.release();
      await loading;
    });
    expect(loads).toBe(1);
  });

  test('a cached row is served all the while', async () => {
    const { strategy, held, loading, waiting } = await full();
    await strategy.preload?.(await bench.origin.loadMany(['item-4']));
    expect((await strategy.get('item-4')).outcome).toBe('hit');
    held.release();
    await Promise.all([loading, waiting]);
  });
});

describe('adaptive-limit', () => {
  async function herdLoads(instance: Instance): Promise<number> {
    const missed = instance.board.hold('afterCacheMiss');
    return bench.loadsOf(async () => {
      const reading = Array.from({ length: 10 }, () => instance.strategy.get('item-2'));
      await missed.reached(10);
      missed.release();
      await Promise.all(reading);
    });
  }

  test('loads that take longer than the target lower the limit', async () => {
    const parameters = { initial: 4, min: 1, targetMs: 1, decrease: 0.5, queueWaitMs: 60_000 };
    const instance = await bench.instanceOf(adaptiveLimit, { parameters });
    expect(await herdLoads(instance)).toBe(4);
    for (const key of ['item-0', 'item-1']) await instance.strategy.get(key);
    await bench.redis.del('test:item:item-2');
    expect(await herdLoads(instance)).toBe(1);
  });

  test('fast loads raise it', async () => {
    const parameters = { initial: 1, min: 1, targetMs: 60_000, queueWaitMs: 60_000 };
    const instance = await bench.instanceOf(adaptiveLimit, { parameters });
    for (let load = 0; load < 4; load++) {
      await instance.strategy.get('item-1');
      await bench.redis.del('test:item:item-1');
    }
    expect(await herdLoads(instance)).toBeGreaterThan(1);
  });
});
