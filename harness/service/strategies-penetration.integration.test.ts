/** What the strategies against penetration promise, and where each is weak, by schedule. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { binomialHigh } from '../../scenarios/strategies/penetration-theory.ts';
import { bloomFilter } from '../../scenarios/strategies/read/bloom-filter.ts';
import { cuckooFilter } from '../../scenarios/strategies/read/cuckoo-filter.ts';
import { keyValidation } from '../../scenarios/strategies/read/key-validation.ts';
import { nullCache } from '../../scenarios/strategies/read/null-cache.ts';
import { nullCacheBloomFilter } from '../../scenarios/strategies/read/null-cache-bloom-filter.ts';
import { rateLimit } from '../../scenarios/strategies/read/rate-limit.ts';
import { type Instance, type StrategyBench, startStrategyBench } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

const missing = (count: number) => Array.from({ length: count }, (_, n) => `missing-${n}`);

async function askAll({ strategy }: Instance, keys: readonly string[]): Promise<void> {
  for (const key of keys) expect((await strategy.get(key)).item).toBeNull();
}

async function findsAll({ strategy }: Instance, rows: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: rows }, (_, n) => strategy.get(`item-${n}`)));
  expect(answers.filter(({ item }) => item === null)).toEqual([]);
}

describe('null-cache', () => {
  test('a missing key costs one load a process, however many ask, and then none', async () => {
    const instances = [await bench.instanceOf(nullCache), await bench.instanceOf(nullCache)];
    const holds = instances.map(({ board }) => board.hold('afterCacheMiss'));
    const loads = await bench.loadsOf(async () => {
      const reading = instances.flatMap(({ strategy }) =>
        Array.from({ length: 10 }, () => strategy.get('missing-1')),
      );
      await Promise.all(holds.map((held) => held.reached(10)));
      for (const held of holds) held.release();
      expect((await Promise.all(reading)).every(({ item }) => item === null)).toBe(true);
      for (const { strategy } of instances) {
        expect(await strategy.get('missing-1')).toEqual({ item: null, outcome: 'null' });
      }
    });
    expect(loads).toBe(2);
  });

  test('every new key costs a load, and memory', async () => {
    const instance = await bench.instanceOf(nullCache);
    const keys = missing(1_000);
    const before = await usedMemory();
    expect(await bench.loadsOf(() => Promise.all(keys.map((key) => instance.strategy.get(key))))).toBe(1_000);
    const bytesEach = ((await usedMemory()) - before) / 1_000;
    expect(bytesEach).toBeGreaterThan(70);
    expect(bytesEach).toBeLessThan(300);
  });

  test('forgets after the null time to live, and only then sees a row that others inserted', async () => {
    const instance = await bench.instanceOf(nullCache, { parameters: { nullTtlMs: 400 } });
    await instance.strategy.get('item-77');
    expect(await bench.redis.pttl('test:item:item-77')).toBeLessThanOrEqual(400);
    await bench.origin.store('item-77', 'new');
    expect((await instance.strategy.get('item-77')).outcome).toBe('null');
    await expect.poll(async () => (await instance.strategy.get('item-77')).item?.value).toBe('new');
  });

  test('sees a row at once that was inserted through the service', async () => {
    const [writer, reader] = [await bench.instanceOf(nullCache), await bench.instanceOf(nullCache)];
    await reader.strategy.get('item-77');
    await writer.put('item-77', 'new');
    expect((await reader.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
  });

  test('a slow reader does not put its marker over a row that was filled meanwhile', async () => {
    const [slow, other] = [await bench.instanceOf(nullCache), await bench.instanceOf(nullCache)];
    const held = slow.board.hold('beforeCacheSet');
    const reading = slow.strategy.get('item-77');
    await held.reached();
    await other.put('item-77', 'new');
    await other.strategy.get('item-77');
    held.release();
    await reading;
    expect((await other.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
  });

  // The late set of cache-aside, with a 404 in place of an old value.
  test('weakness: the marker of a slow reader denies a row that was inserted and not yet filled', async () => {
    const [slow, other] = [await bench.instanceOf(nullCache), await bench.instanceOf(nullCache)];
    const held = slow.board.hold('beforeCacheSet');
    const reading = slow.strategy.get('item-77');
    await held.reached();
    await other.put('item-77', 'new');
    held.release();
    await reading;
    expect(await other.strategy.get('item-77')).toEqual({ item: null, outcome: 'null' });
  });

  async function usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await bench.redis.info('memory'))?.[1]);
  }
});

describe.each([bloomFilter, cuckooFilter, nullCacheBloomFilter].map((each) => [each.name, each] as const))(
  '%s',
  (_, definition) => {
    test('lets no more absent keys through than it says, and all that exist', async () => {
      await bench.reset(500);
      const instance = await bench.instanceOf(definition, { parameters: { errorRate: 0.05, headroom: 0 } });
      const loads = await bench.loadsOf(() => askAll(instance, missing(1_000)));
      expect(loads).toBeLessThanOrEqual(binomialHigh(1_000, 0.05));
      // A filter that lets nothing through has not been asked.
      expect(loads).toBeGreaterThan(0);
      await findsAll(instance, 500);
    });

    test('weakness: goes stale. A row inserted through one process is a false 404 in the other', async () => {
      const [writer, other] = [await bench.instanceOf(definition), await bench.instanceOf(definition)];
      await writer.put('item-77', 'new');
      expect((await writer.strategy.get('item-77')).item).toMatchObject({ value: 'new' });
      let falseAbsences = 0;
      for (let read = 0; read < 10; read++) {
        if ((await other.strategy.get('item-77')).item === null) falseAbsences++;
      }
      expect(falseAbsences).toBe(10);
    });

    test('sees rows that others inserted after a rebuild', async () => {
      const instance = await bench.instanceOf(definition, { parameters: { rebuildMs: 50 } });
      await bench.origin.store('item-77', 'new');
      await expect.poll(async () => (await instance.strategy.get('item-77')).item?.value).toBe('new');
    });

    test('ends with its process, in the middle of a rebuild too, and leaves no error', async () => {
      const instance = await bench.instanceOf(definition, { parameters: { rebuildMs: 10 } });
      const before = bench.origin.stats.reads;
      await expect.poll(() => bench.origin.stats.reads).toBeGreaterThan(before);
      instance.stop();
      await expect.poll(() => bench.origin.stats.inFlight).toBe(0);
      expect(instance.backgroundErrors).toEqual([]);
    });
  },
);

test('null-cache+bloom-filter: a key that the filter errs on is loaded once', async () => {
  const instance = await bench.instanceOf(nullCacheBloomFilter, {
    parameters: { errorRate: 0.5, headroom: 0 },
  });
  const first = await bench.loadsOf(() => askAll(instance, missing(50)));
  expect(first).toBeGreaterThan(0);
  expect(await bench.loadsOf(() => askAll(instance, missing(50)))).toBe(0);
});

describe('key-validation', () => {
  test('refuses what is no key of ours, without a load', async () => {
    const { strategy } = await bench.instanceOf(keyValidation);
    const wrong = [
      'missing-1',
      'item-',
      'item-01',
      'item--1',
      'item-1x',
      'ITEM-1',
      ' item-1',
      'item-9999999999999999',
    ];
    const loads = await bench.loadsOf(async () => {
      for (const key of wrong) expect(await strategy.get(key)).toEqual({ item: null, outcome: 'null' });
    });
    expect(loads).toBe(0);
    expect((await strategy.get('item-0')).item).not.toBeNull();
  });

  test('weakness: a well-formed key of no row costs a load each time, unless it is over the largest', async () => {
    const open = await bench.instanceOf(keyValidation);
    expect(await bench.loadsOf(() => askAll(open, ['item-777', 'item-777']))).toBe(2);
    const closed = await bench.instanceOf(keyValidation, { parameters: { maxId: 2 } });
    expect(await bench.loadsOf(() => askAll(closed, ['item-777', 'item-3']))).toBe(0);
    expect((await closed.strategy.get('item-2')).item).not.toBeNull();
  });
});

describe('rate-limit', () => {
  const attacker = { client: 'attacker' };
  const refused = { item: null, outcome: 'shed', refusal: 'client-limit' };

  test('limits the missing rows of a client over all processes, even those asked for at once', async () => {
    const instances = await pair({ points: 5 });
    const loads = await bench.loadsOf(async () => {
      const answers = await Promise.all(
        missing(20).map((key, n) => instances[n % 2]?.strategy.get(key, attacker)),
      );
      expect(answers.filter((answer) => answer?.outcome === 'shed')).toEqual(Array(15).fill(refused));
    });
    expect(loads).toBe(5);
  });

  test('leaves others alone, and lets a client over its limit have what is cached', async () => {
    const [first, second] = await pair({ points: 1 });
    await first.strategy.get('missing-1', attacker);
    expect(await second.strategy.get('missing-2', attacker)).toEqual(refused);
    expect(await second.strategy.get('item-1', attacker)).toEqual(refused);
    expect((await second.strategy.get('item-1', { client: 'honest' })).outcome).toBe('miss');
    expect((await second.strategy.get('item-1', attacker)).outcome).toBe('hit');
  });

  test('gives the point back when the row exists, and when the load failed', async () => {
    const [{ strategy, board }] = await pair({ points: 1 });
    for (let n = 0; n < 3; n++) expect((await strategy.get(`item-${n}`)).outcome).toBe('miss');
    const held = board.hold('beforeDbRead');
    const reading = Promise.allSettled([strategy.get('missing-1')]);
    await held.reached();
    held.fail(new Error('the database burns'));
    expect((await reading)[0].status).toBe('rejected');
    expect((await strategy.get('missing-1')).outcome).toBe('miss');
    expect(await strategy.get('missing-2')).toEqual(refused);
  });

  test('begins anew with the next window', async () => {
    const [{ strategy }] = await pair({ points: 1, windowMs: 1_000 });
    await strategy.get('missing-1');
    expect(await strategy.get('missing-2')).toEqual(refused);
    await expect.poll(async () => (await strategy.get('missing-3')).outcome, { timeout: 5_000 }).toBe('miss');
  });

  test('weakness: an honest client with more misses at once than points is refused', async () => {
    const [{ strategy, board }] = await pair({ points: 2 });
    const held = board.hold('beforeDbRead');
    const reading = ['item-0', 'item-1'].map((key) => strategy.get(key));
    await held.reached(2);
    // What is refused costs no point: more than there are would leave none after the burst.
    for (let n = 0; n < 5; n++) expect(await strategy.get('item-2')).toEqual(refused);
    held.release();
    await Promise.all(reading);
    expect((await strategy.get('item-2')).outcome).toBe('miss');
  });

  async function pair(parameters: Record<string, number>): Promise<[Instance, Instance]> {
    return [
      await bench.instanceOf(rateLimit, { parameters }),
      await bench.instanceOf(rateLimit, { parameters }),
    ];
  }
});
