/** What the strategies that keep load off a database promise beyond the contract of all, on real servers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adaptiveLimit } from '../../scenarios/strategies/read/adaptive-limit.ts';
import { circuitBreaker } from '../../scenarios/strategies/read/circuit-breaker.ts';
import { concurrencyLimit } from '../../scenarios/strategies/read/concurrency-limit.ts';
import { jitterLimitStale } from '../../scenarios/strategies/read/jitter-limit-stale.ts';
import type { ReadResult } from '../../scenarios/strategies/strategy.ts';
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

describe('circuit-breaker', () => {
  /** Opens after one failure. */
  const TOUCHY = { minLoadsPerSec: 1, windowMs: 1_000, openMs: 60_000, timeoutMs: 60_000 };
  const IMPATIENT = { parameters: { ...TOUCHY, timeoutMs: 30 } };

  async function opened(openMs = TOUCHY.openMs): Promise<Instance> {
    const instance = await bench.instanceOf(circuitBreaker, { parameters: { ...TOUCHY, openMs } });
    const held = instance.board.hold('beforeDbRead');
    const failing = Promise.allSettled([instance.strategy.get('item-1')]);
    await held.reached();
    held.fail(new Error('the database burns'));
    expect(await failing).toMatchObject([{ status: 'rejected' }]);
    return instance;
  }

  test('opens when loads fail: readers are refused and the database is left alone', async () => {
    const { strategy } = await opened();
    const loads = await bench.loadsOf(async () => {
      expect(await strategy.get('item-2')).toEqual(SHED);
    });
    expect(loads).toBe(0);
  });

  test('tries one load after a while, refuses the others meanwhile, and closes when it is good', async () => {
    const { strategy, board } = await opened(50);
    const held = board.hold('beforeDbRead');
    const probing = new Set<Promise<ReadResult>>();
    await expect
      .poll(async () => {
        // The first that is not refused is the probe, and held.
        const reading = strategy.get('item-2');
        probing.add(reading);
        return Promise.race([reading, held.reached().then(() => 'probing')]);
      })
      .toBe('probing');
    expect(await strategy.get('item-0')).toEqual(SHED);
    held.release();
    await Promise.all(probing);
    expect((await strategy.get('item-0')).outcome).toBe('miss');
  });

  test('opens when loads take too long; the load that was given up runs on and fills the entry', async () => {
    const { strategy, board } = await bench.instanceOf(circuitBreaker, IMPATIENT);
    const held = board.hold('beforeDbRead');
    const loads = await bench.loadsOf(async () => {
      expect(await strategy.get('item-1')).toEqual(SHED);
      expect(await strategy.get('item-2')).toEqual(SHED);
      held.release();
      await expect.poll(() => bench.redis.exists('test:item:item-1')).toBe(1);
    });
    expect(loads).toBe(1);
  });

  test('a load that fails after it was given up is reported', async () => {
    const { strategy, board, backgroundErrors } = await bench.instanceOf(circuitBreaker, IMPATIENT);
    const held = board.hold('beforeDbRead');
    expect(await strategy.get('item-1')).toEqual(SHED);
    held.fail(new Error('too late'));
    await expect.poll(() => backgroundErrors).toMatchObject([{ message: 'too late' }]);
  });
});

describe('jitter+limit+stale', () => {
  /** One loads, nobody may wait. */
  const NARROW = { concurrency: 1, queue: 0, timeoutMs: 60_000 };

  test('who finds no room gets the old value, and is refused when there is none', async () => {
    const { strategy, board } = await bench.instanceOf(jitterLimitStale, { ttlMs: 1, parameters: NARROW });
    await strategy.get('item-1');
    await bench.expired('item-1');
    const held = board.hold('beforeDbRead');
    const loading = strategy.get('item-0');
    await held.reached();
    expect(await strategy.get('item-1')).toMatchObject({ item: { id: 'item-1' }, outcome: 'stale' });
    expect(await strategy.get('item-2')).toEqual(SHED);
    held.release();
    expect((await loading).item?.id).toBe('item-0');
  });

  test('a load that waits is given up when the last of its readers has hung up', async () => {
    const parameters = { ...NARROW, queue: 10, queueWaitMs: 60_000 };
    const { strategy, board } = await bench.instanceOf(jitterLimitStale, { parameters });
    const held = board.hold('beforeDbRead');
    const loading = strategy.get('item-0');
    await held.reached();
    const readers = [new AbortController(), new AbortController()];
    const waiting = readers.map(({ signal }) => strategy.get('item-1', { signal }));
    await bench.redis.ping();
    const loads = await bench.loadsOf(async () => {
      for (const reader of readers) reader.abort();
      expect(await Promise.all(waiting)).toEqual([SHED, SHED]);
      held.release();
      await loading;
    });
    expect(loads).toBe(1);
  });

  test('spreads the expiries of what is preloaded', async () => {
    const { strategy } = await bench.instanceOf(jitterLimitStale, {
      parameters: { spread: 1, maxStaleMs: 0 },
    });
    await strategy.preload?.(await bench.origin.loadMany(['item-0', 'item-1', 'item-2']));
    const left = await Promise.all([0, 1, 2].map((n) => bench.redis.pttl(`test:item:item-${n}`)));
    expect(Math.max(...left) - Math.min(...left)).toBeGreaterThan(1_000);
  });
});
