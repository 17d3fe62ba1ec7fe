/** What the strategies against avalanches promise beyond the contract of all, on a real Redis and a real database. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decodeEntry } from '../../scenarios/strategies/entry.ts';
import { rewarm } from '../../scenarios/strategies/read/rewarm.ts';
import { rewarmLimit } from '../../scenarios/strategies/read/rewarm-limit.ts';
import { staleIfError } from '../../scenarios/strategies/read/stale-if-error.ts';
import { ttlJitter } from '../../scenarios/strategies/read/ttl-jitter.ts';
import { warmUp } from '../../scenarios/strategies/read/warm-up.ts';
import { type Instance, type StrategyBench, startStrategyBench, TTL_MS } from './testing.ts';
import { twoLevelSuite } from './two-level.suite.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

describe('ttl-jitter', () => {
  const ROWS = 200;
  beforeEach(() => bench.reset(ROWS));

  /** Preloads everything and counts the entries that expire in each quarter of `[T/2, 3T/2)`. */
  async function expiriesByQuarter(spread: number): Promise<number[]> {
    const { strategy } = await bench.instanceOf(ttlJitter, { parameters: { spread } });
    const keys = Array.from({ length: ROWS }, (_, n) => `item-${n}`);
    await strategy.preload?.(await bench.origin.loadMany(keys));
    const left = await Promise.all(keys.map((key) => bench.redis.pttl(`test:item:${key}`)));
    expect(left.every((ms) => ms > TTL_MS * 0.4 && ms <= TTL_MS * 1.5)).toBe(true);
    const inQuarter = (n: number) => (ms: number) => Math.floor((ms / TTL_MS - 0.5) * 4) === n;
    return [0, 1, 2, 3].map((n) => left.filter(inQuarter(n)).length);
  }

  test('spreads what was filled together evenly over its window', async () => {
    // 50 each; drawn from a fixed seed.
    for (const count of await expiriesByQuarter(1)) expect(count).toBeGreaterThan(30);
  });

  test('without a window everything expires together', async () => {
    const quarters = await expiriesByQuarter(0);
    expect(quarters.toSorted((a, b) => b - a)[0]).toBe(ROWS);
  });

  test('spreads what readers fill, too', async () => {
    const { strategy } = await bench.instanceOf(ttlJitter, { parameters: { spread: 1 } });
    await Promise.all(Array.from({ length: 50 }, (_, n) => strategy.get(`item-${n}`)));
    const left = await Promise.all(
      Array.from({ length: 50 }, (_, n) => bench.redis.pttl(`test:item:item-${n}`)),
    );
    expect(Math.max(...left) - Math.min(...left)).toBeGreaterThan(TTL_MS / 2);
  });
});

describe('two-level', () => twoLevelSuite(() => bench));

describe('stale-if-error', () => {
  async function withExpiredEntry(timeoutMs = 60_000): Promise<Instance> {
    const instance = await bench.instanceOf(staleIfError, { ttlMs: 1, parameters: { timeoutMs } });
    await instance.strategy.get('item-1');
    await bench.expired('item-1');
    return instance;
  }

  test('serves the old value when the load fails, and says that it failed', async () => {
    const { strategy, board, passed, backgroundErrors } = await withExpiredEntry();
    const held = board.hold('beforeDbRead');
    const reading = [strategy.get('item-1'), strategy.get('item-1')];
    await held.reached();
    // Both of them, after the one that filled it: who came after the failure would load for himself.
    await expect.poll(() => passed.filter((name) => name === 'afterCacheMiss')).toHaveLength(1 + 2);
    held.fail(new Error('the database burns'));
    for (const answer of await Promise.all(reading)) {
      expect(answer).toMatchObject({ item: { id: 'item-1' }, outcome: 'stale' });
    }
    expect(backgroundErrors).toMatchObject([{ message: 'the database burns' }]);
  });

  test('serves the old value when the load takes long; the load goes on, and nobody else waits for it', async () => {
    const { strategy, board } = await withExpiredEntry(30);
    await bench.origin.store('item-1', 'new');
    const held = board.hold('beforeDbRead');
    const loads = await bench.loadsOf(async () => {
      for (let reader = 0; reader < 20; reader++) {
        expect(await strategy.get('item-1')).toMatchObject({ item: { version: 1 }, outcome: 'stale' });
      }
      held.release();
      await expect
        .poll(async () => decodeEntry(await bench.redis.get('test:item:item-1'))?.value)
        .toBe('new');
    });
    expect(loads).toBe(1);
  });

  test('a reader of an entry that is fresh again gets it', async () => {
    const { strategy } = await withExpiredEntry();
    await bench.origin.store('item-1', 'new');
    expect(await strategy.get('item-1')).toMatchObject({ item: { value: 'new' }, outcome: 'miss' });
  });

  test('drops the entry of a row that is gone', async () => {
    const { strategy } = await withExpiredEntry();
    await bench.probe.seed({ rows: 1, valueBytes: 32, keyOf: () => 'another' });
    expect((await strategy.get('item-1')).item).toBeNull();
    expect(await bench.redis.exists('test:item:item-1')).toBe(0);
  });
});

describe('warm-up', () => {
  const ROWS = 25;
  const keys = Array.from({ length: ROWS }, (_, n) => `item-${n}`);
  const BATCHES = { parameters: { batch: 10 } };
  // Three batches of keys and the empty one that ends them, three batches of rows.
  const WARMING_LOADS = 4 + 3;
  beforeEach(() => bench.reset(ROWS));

  test('of several processes that start, one fills the cache, before their first read', async () => {
    const loads = await bench.loadsOf(async () => {
      const started = await Promise.all([1, 2, 3].map(() => bench.instanceOf(warmUp, BATCHES)));
      for (const { strategy } of started) {
        const outcomes = await Promise.all(keys.map(async (key) => (await strategy.get(key)).outcome));
        expect(outcomes.every((outcome) => outcome === 'hit')).toBe(true);
      }
    });
    expect(loads).toBe(WARMING_LOADS);
  });

  test('fills no more than it is told to', async () => {
    await bench.instanceOf(warmUp, { parameters: { batch: 10, maxKeys: 13 } });
    expect(await bench.redis.keys('test:item:*')).toHaveLength(13);
  });

  test('does nothing for a cache that is lost later', async () => {
    const { strategy } = await bench.instanceOf(warmUp, BATCHES);
    await bench.redis.flushall();
    await strategy.get('item-1');
    expect(await bench.redis.keys('test:item:*')).toEqual(['test:item:item-1']);
  });

  test('rewarm does: a reader that misses has the whole cache filled again, once', async () => {
    const parameters = { batch: 10, recheckMs: 1 };
    const [one, two] = [
      await bench.instanceOf(rewarm, { parameters }),
      await bench.instanceOf(rewarm, { parameters }),
    ];
    await bench.redis.flushall();
    const loads = await bench.loadsOf(async () => {
      await Promise.all([one.strategy.get('item-1'), two.strategy.get('item-2')]);
      await expect.poll(async () => (await bench.redis.keys('test:item:*')).length).toBe(ROWS);
      await expect.poll(() => bench.redis.exists('test:lock:(all)')).toBe(0);
    });
    expect(loads).toBe(2 + WARMING_LOADS);
    expect([...one.backgroundErrors, ...two.backgroundErrors]).toEqual([]);
  });
});

describe('rewarm+limit', () => {
  test('who waits while the lost cache is filled again finds the entry, and loads nothing', async () => {
    await bench.reset(25);
    const parameters = { batch: 10, recheckMs: 1, concurrency: 1, queueWaitMs: 60_000 };
    const { strategy, board } = await bench.instanceOf(rewarmLimit, { parameters });
    await bench.redis.flushall();
    const held = board.hold('beforeDbRead');
    const loads = await bench.loadsOf(async () => {
      const loading = strategy.get('item-0');
      await held.reached();
      const waiting = [1, 2, 3].map((n) => strategy.get(`item-${n}`));
      await expect.poll(async () => (await bench.redis.keys('test:item:*')).length).toBe(25);
      held.release();
      const answers = await Promise.all([loading, ...waiting]);
      expect(answers.map(({ item }) => item?.id)).toEqual(['item-0', 'item-1', 'item-2', 'item-3']);
    });
    // The reader who was in already, four batches of keys with the empty one, three of rows.
    expect(loads).toBe(1 + 4 + 3);
  });
});
