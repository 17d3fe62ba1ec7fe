/** The Bloom filter that all processes share: built once, never stale between them, and never lost unnoticed. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bloomSize } from '../../scenarios/strategies/filters/bloom-sizing.ts';
import { binomialHigh } from '../../scenarios/strategies/penetration-theory.ts';
import { bloomFilter } from '../../scenarios/strategies/read/bloom-filter.ts';
import { bloomFilterRedis } from '../../scenarios/strategies/read/bloom-filter-redis.ts';
import type { ReadResult } from '../../scenarios/strategies/strategy.ts';
import type { Instance, StrategyBench } from './testing.ts';

const FILTER = 'test:filter:bloom-filter';
const LOCK = 'test:lock:bloom-filter';
/** What one scan of a small dataset takes: a batch, and the end. */
const SCAN = 2;

export function sharedBloomFilterSuite(benchOf: () => StrategyBench): void {
  let bench: StrategyBench;
  beforeAll(() => {
    bench = benchOf();
  });

  beforeEach(() => bench.reset());

  const start = (parameters: Record<string, number> = {}) =>
    bench.instanceOf(bloomFilterRedis, { parameters });
  const startTwo = () => Promise.all([start(), start()]);
  const filterExists = () => bench.redis.exists(FILTER);

  describe('building', () => {
    test('several processes that start together build it once', async () => {
      expect(await bench.loadsOf(() => Promise.all([start(), start(), start()]))).toBe(SCAN);
    });

    test('takes m bits and a header', async () => {
      await bench.reset(500);
      await start({ errorRate: 0.01, headroom: 0 });
      expect(await bench.redis.strlen(FILTER)).toBe(Math.ceil((128 + bloomSize(500, 0.01).bits) / 8));
    });

    test('waits for a builder that crashed as long as its lock lasts, and then builds', async () => {
      await bench.redis.set(LOCK, 'of-the-crashed', 'PX', 300);
      const starting = start();
      expect(await bench.redis.get(LOCK)).toBe('of-the-crashed');
      await starting;
      expect(await filterExists()).toBe(1);
    });

    test('who gets the lock just after another has built does not build again', async () => {
      const instance = await start();
      const built = (await bench.redis.getBuffer(FILTER)) ?? Buffer.alloc(0);
      await bench.redis.del(FILTER);
      const held = instance.board.hold('afterLockAcquired');
      await instance.strategy.get('missing-1');
      await held.reached();
      const reads = await bench.loadsOf(async () => {
        await bench.redis.set(FILTER, built);
        held.release();
        await expect.poll(() => bench.redis.exists(LOCK)).toBe(0);
      });
      expect(reads).toBe(0);
      expect((await instance.strategy.get('missing-1')).outcome).toBe('null');
    });

    test('a builder whose lock ran out does not publish: it may lack rows', async () => {
      const instance = await start();
      await bench.redis.del(FILTER);
      const held = instance.board.hold('beforeCacheSet');
      await instance.strategy.get('missing-1');
      await held.reached();
      await bench.redis.set(LOCK, 'of-the-successor', 'PX', 60_000);
      held.release();
      await expect.poll(() => instance.strategy.get('missing-1')).toMatchObject({ outcome: 'miss' });
      expect(await filterExists()).toBe(0);
      expect(await bench.redis.get(LOCK)).toBe('of-the-successor');
    });
  });

  test.each([bloomFilter, bloomFilterRedis].map((each) => [each.name, each] as const))(
    '%s of a tenth of the size breaks the bound that it predicts',
    async (_, definition) => {
      await bench.reset(500);
      const [predicted] = definition
        .predict({
          hotKey: null,
          missing: [{ attack: 'endless', requests: 1_000, distinctKeys: 1_000, seconds: 1, clients: 1 }],
          instances: 1,
          ttlSec: 60,
          slowestLoadSec: 0.1,
          slowestAnswerSec: 0.1,
          longestStallSec: 0,
          killsPerExpiry: 0,
          rows: 500,
          preloaded: false,
          updates: false,
          parameters: { errorRate: 0.05, headroom: 0 },
        })
        .filter(({ metric }) => metric === 'db.loadsPerMissing.endless');
      const { strategy } = await bench.instanceOf(definition, {
        parameters: { errorRate: 0.05, headroom: -0.9 },
      });
      const loads = await bench.loadsOf(() =>
        Promise.all(Array.from({ length: 1_000 }, (_each, n) => strategy.get(`missing-${n}`))),
      );
      expect(loads).toBeGreaterThan(binomialHigh(1_000, predicted?.high ?? 1));
    },
  );

  describe('asking', () => {
    test('lets no more absent keys through than it says, and all that exist', async () => {
      await bench.reset(500);
      const { strategy } = await start({ errorRate: 0.05, headroom: 0 });
      const loads = await bench.loadsOf(async () => {
        await Promise.all(Array.from({ length: 1_000 }, (_, n) => strategy.get(`missing-${n}`)));
      });
      expect(loads).toBeLessThanOrEqual(binomialHigh(1_000, 0.05));
      expect(loads).toBeGreaterThan(0);
      const existing = await Promise.all(Array.from({ length: 500 }, (_, n) => strategy.get(`item-${n}`)));
      expect(existing.filter(({ item }) => item === null)).toEqual([]);
    });

    test('a row inserted through one process is seen by all at once', async () => {
      const [writer, reader] = await startTwo();
      expect((await reader.strategy.get('item-77')).outcome).toBe('null');
      await writer.put('item-77', 'new');
      expect((await reader.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
    });

    test('a row inserted while another process builds is in the new filter, though the scan had passed it', async () => {
      const [builder, writer] = await startTwo();
      await bench.redis.del(FILTER);
      const held = builder.board.hold('beforeCacheSet');
      await builder.strategy.get('missing-1');
      await held.reached();
      await writer.put('item-77', 'new');
      held.release();
      await expect.poll(filterExists).toBe(1);
      expect((await writer.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
      expect((await builder.strategy.get('missing-2')).outcome).toBe('null');
      expect(await bench.redis.keys('test:filter-journal:*')).toEqual([]);
    });

    test('a row that others inserted is denied until the next rebuild, which one process does', async () => {
      const [first] = await Promise.all([start({ rebuildMs: 100 }), start({ rebuildMs: 100 })]);
      await bench.origin.store('item-77', 'new');
      await expect.poll(async () => (await first.strategy.get('item-77')).item?.value).toBe('new');
      expect(first.backgroundErrors).toEqual([]);
    });
  });

  describe.each([
    ['FLUSHALL', () => bench.redis.flushall()],
    ['an eviction of the filter', () => bench.redis.del(FILTER)],
  ])('lost by %s', (_, lose) => {
    test('falls back to the database, and one process builds it again', async () => {
      const instances = await startTwo();
      await lose();
      let answers: readonly ReadResult[] = [];
      const reads = await bench.loadsOf(async () => {
        answers = await Promise.all(instances.map(({ strategy }) => strategy.get('missing-1')));
        await expect.poll(filterExists).toBe(1);
        // Whoever came second to the lock has looked by then.
        await expect.poll(() => bench.redis.exists(LOCK)).toBe(0);
        for (const { strategy } of instances) expect((await strategy.get('missing-1')).outcome).toBe('null');
      });
      expect(answers).toEqual(Array(2).fill({ item: null, outcome: 'miss' }));
      expect(reads).toBe(2 + SCAN);
      expect(instances.flatMap(({ backgroundErrors }) => backgroundErrors)).toEqual([]);
    });

    test('again and again under load: no false 404', async () => {
      const instances = await startTwo();
      for (let round = 0; round < 20; round++) {
        const reading = instances.flatMap((instance) => readAll(instance));
        const [answers] = await Promise.all([Promise.all(reading), lose()]);
        expect(answers.filter(({ item }) => item === null)).toEqual([]);
      }
    });

    test('a row written while there is no filter is in the next one', async () => {
      const [writer, reader] = await startTwo();
      await lose();
      await writer.put('item-77', 'new');
      await reader.strategy.get('missing-1');
      await expect.poll(filterExists).toBe(1);
      expect((await reader.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
    });
  });

  function readAll({ strategy }: Instance): Promise<ReadResult>[] {
    return Array.from({ length: 12 }, (_, n) => strategy.get(`item-${n % 3}`));
  }
}
