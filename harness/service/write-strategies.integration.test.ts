/** The contract that every write strategy without a relay keeps, on a real Redis and a real database. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import updateIfCached from '../../docs/examples/update-if-cached.ts';
import { writeStrategies } from '../../scenarios/strategies/registry.ts';
import { delayedDoubleDelete } from '../../scenarios/strategies/write/delayed-double-delete.ts';
import { tagAsDeleted, tagAsDeletedWeak } from '../../scenarios/strategies/write/tag-as-deleted.ts';
import type { WriteStrategyDefinition } from '../../scenarios/strategies/write-strategy.ts';
import { type Instance, type StrategyBench, startStrategyBench, TTL_MS } from './testing.ts';
import { promises } from './write-strategies.promises.ts';

/** The built-in ones, and that of the docs. */
const alone = [...writeStrategies, updateIfCached as WriteStrategyDefinition].filter(
  ({ queue, relays }) => queue === undefined && relays === undefined,
);

/** The database refuses it by a constraint, whatever the row. */
const REFUSED = 'refused';
const OLD = 'x'.repeat(32);

let bench: StrategyBench;
/** Commands to it fail at once. */
let deadRedis: Redis;
beforeAll(async () => {
  bench = await startStrategyBench();
  // A row for every test, so that none needs a dataset of its own.
  await bench.reset(alone.length * 10);
  await bench.rowsOf('ALTER TABLE items ADD CHECK (value <> ?)', [REFUSED]);
  deadRedis = bench.redis.duplicate();
  deadRedis.on('error', () => undefined);
  await deadRedis.connect();
  deadRedis.disconnect();
});
afterAll(() => bench[Symbol.asyncDispose]());

let rows = 0;
const nextRow = () => `item-${rows++}`;

async function committed(key: string): Promise<{ value: string; version: number } | undefined> {
  return (
    await bench.rowsOf<{ value: string; version: number }>('SELECT * FROM items WHERE id = ?', [key])
  )[0];
}

test('every strategy has its promises here', () => {
  expect(Object.keys(promises).sort()).toEqual(alone.map(({ name }) => name).sort());
});

describe.each(alone.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
  const { refusedByDatabase, withoutCache, oldAtFirst = false } = promises[name] ?? {};
  const instanceOf = (redis?: Redis) => bench.instanceOf(definition, redis === undefined ? {} : { redis });

  /** Reads until the value of the last write comes: at once, unless the strategy promises less. */
  async function readsAs({ strategy }: Instance, key: string, expected: { value: string; version: number }) {
    if (oldAtFirst)
      await expect.poll(async () => (await strategy.get(key)).item?.version).toBe(expected.version);
    expect((await strategy.get(key)).item).toMatchObject({ id: key, value: expected.value });
  }

  test('commits the next version with one statement, and the next reads see it, in every process', async () => {
    const key = nextRow();
    const [here, there] = [await instanceOf(), await instanceOf()];
    for (const { strategy } of [here, there])
      expect((await strategy.get(key)).item).toMatchObject({ value: OLD, version: 1 });
    const { writes } = bench.origin.stats;
    const loads = await bench.loadsOf(async () => {
      expect(await here.put(key, 'new')).toBe(2);
    });
    expect([bench.origin.stats.writes - writes, loads]).toEqual([1, 0]);
    expect(await committed(key)).toMatchObject({ value: 'new', version: 2 });
    for (const instance of [there, here]) await readsAs(instance, key, { value: 'new', version: 2 });
    expect([...here.backgroundErrors, ...there.backgroundErrors]).toEqual([]);
  });

  test('the first write of a row is its version 1, and is read', async () => {
    const key = `${definition.name}-new`;
    const [here, there] = [await instanceOf(), await instanceOf()];
    expect((await there.strategy.get(key)).item).toBeNull();
    expect(await here.put(key, 'first')).toBe(1);
    await expect.poll(async () => (await there.strategy.get(key)).item?.value).toBe('first');
    expect((await here.strategy.get(key)).item).toMatchObject({ value: 'first' });
  });

  test('nobody reads back in time while one writes after the other', async () => {
    const key = nextRow();
    const instances = [await instanceOf(), await instanceOf()];
    const seen: number[] = [];
    for (let version = 2; version <= 7; version++) {
      const writer = instances[version % 2];
      const reader = instances[(version + 1) % 2];
      expect(await writer?.put(key, `v${version}`)).toBe(version);
      for (const instance of [writer, reader]) {
        const { item } = (await instance?.strategy.get(key)) ?? {};
        seen.push(item?.value === OLD ? 1 : Number(item?.value.slice(1)));
      }
    }
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    if (!oldAtFirst) expect(seen).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
  });

  test('writers of a row at the same time each have a version of their own', async () => {
    const key = nextRow();
    const instances = [await instanceOf(), await instanceOf()];
    const writing = instances.flatMap(({ put }, process) =>
      Array.from({ length: 5 }, (_, n) => put(key, `w${process}-${n}`)),
    );
    const versions = (await Promise.all(writing)).map(Number).sort((one, other) => one - other);
    expect(versions).toEqual(Array.from({ length: 10 }, (_, n) => n + 2));
    expect(await committed(key)).toMatchObject({ version: 11 });
  });

  test('whatever is left in the cache has a time to live', async () => {
    const key = nextRow();
    const instance = await instanceOf();
    const timesToLive = async () => {
      const left = await bench.redis.keys(`test:*:${key}`);
      return Promise.all(left.map((found) => bench.redis.pttl(found)));
    };
    await instance.strategy.get(key);
    await instance.put(key, 'new');
    for (const ttlMs of await timesToLive()) expect(ttlMs).toBeGreaterThan(0);
    await readsAs(instance, key, { value: 'new', version: 2 });
    const [ttlMs = 0, ...others] = await timesToLive();
    expect(ttlMs).toBeGreaterThan(TTL_MS - 10_000);
    expect(ttlMs).toBeLessThanOrEqual(TTL_MS);
    expect(others).toEqual([]);
  });

  test(`a write that the database refuses leaves readers the ${refusedByDatabase} value`, async () => {
    const key = nextRow();
    const [here, there] = [await instanceOf(), await instanceOf()];
    await there.strategy.get(key);
    await expect(here.put(key, REFUSED)).rejects.toMatchObject({ code: 'E_ORIGIN' });
    expect(await committed(key)).toMatchObject({ value: OLD, version: 1 });
    const left = refusedByDatabase === 'dirty' ? REFUSED : OLD;
    // The cache's own write may still be under way when the database has refused.
    await expect.poll(async () => (await there.strategy.get(key)).item?.value).toBe(left);
    // It is no obstacle to the next.
    expect(await here.put(key, 'new')).toBe(2);
    await readsAs(there, key, { value: 'new', version: 2 });
  });

  test(`a write without an answer from Redis is an error, and ${withoutCache}`, async () => {
    const key = nextRow();
    const [cut, there] = [await instanceOf(deadRedis), await instanceOf()];
    await there.strategy.get(key);
    await expect(cut.put(key, 'new')).rejects.toThrow();
    const version = withoutCache === 'committed' ? 2 : 1;
    await expect.poll(async () => (await committed(key))?.version).toBe(version);
    expect((await there.strategy.get(key)).item).toMatchObject({ value: OLD, version: 1 });
  });
});

describe('delayed-double-delete', () => {
  test('counts a second delete that fails', async () => {
    const { put, board, backgroundErrors } = await bench.instanceOf(delayedDoubleDelete, {
      parameters: { delayMs: 0 },
    });
    const held = board.hold('beforeSecondDelete');
    expect(await put(nextRow(), 'new')).toBe(2);
    await held.reached();
    held.fail(new Error('Redis refuses'));
    await expect.poll(() => backgroundErrors).toMatchObject([{ message: 'Redis refuses' }]);
  });

  test('forgets the second delete when the process ends before it, and that is no error', async () => {
    const { put, stop, passed, backgroundErrors } = await bench.instanceOf(delayedDoubleDelete, {
      parameters: { delayMs: 60_000 },
    });
    await put(nextRow(), 'new');
    stop();
    // Whatever was to come of the end has come when another write is done.
    await put(nextRow(), 'new');
    expect([passed.includes('beforeSecondDelete'), backgroundErrors]).toEqual([false, []]);
  });
});

describe('tag-as-deleted', () => {
  const strong = () => bench.instanceOf(tagAsDeleted);
  const weak = () => bench.instanceOf(tagAsDeletedWeak);

  test('strong readers wait for the one that loads the new value', async () => {
    const key = nextRow();
    const [loader, waiter] = [await strong(), await strong()];
    await loader.strategy.get(key);
    await loader.put(key, 'new');
    const held = loader.board.hold('afterDbRead');
    const loads = await bench.loadsOf(async () => {
      const reading = [loader.strategy.get(key)];
      await held.reached();
      reading.push(waiter.strategy.get(key), waiter.strategy.get(key));
      await expect.poll(() => waiter.passed).toEqual(['afterCacheMiss', 'afterCacheMiss']);
      held.release();
      for (const { item } of await Promise.all(reading)) expect(item).toMatchObject({ value: 'new' });
    });
    expect(loads).toBe(1);
  });

  test('weak readers take the tagged value while one of them loads, and the new one then', async () => {
    const key = nextRow();
    const [loader, other] = [await weak(), await weak()];
    await loader.strategy.get(key);
    await loader.put(key, 'new');
    const held = loader.board.hold('afterDbRead');
    const loads = await bench.loadsOf(async () => {
      expect(await loader.strategy.get(key)).toMatchObject({ item: { value: OLD }, outcome: 'stale' });
      await held.reached();
      expect(await other.strategy.get(key)).toMatchObject({ item: { value: OLD }, outcome: 'stale' });
      held.release();
      await expect.poll(async () => (await other.strategy.get(key)).outcome).toBe('hit');
      expect((await other.strategy.get(key)).item).toMatchObject({ value: 'new', version: 2 });
    });
    expect(loads).toBe(1);
  });

  test('weak readers keep a value of many writes ago while each write voids the load of the one before', async () => {
    const key = nextRow();
    const [loader, writer] = [await weak(), await weak()];
    await loader.strategy.get(key);
    await writer.put(key, 'v2');
    for (let version = 3; version <= 6; version++) {
      const held = loader.board.hold('beforeCacheSet');
      expect(await loader.strategy.get(key)).toMatchObject({ item: { value: OLD }, outcome: 'stale' });
      await held.reached();
      await writer.put(key, `v${version}`);
      const sets = loader.passed.filter((barrier) => barrier === 'afterCacheSet').length;
      held.release();
      await expect
        .poll(() => loader.passed.filter((barrier) => barrier === 'afterCacheSet').length)
        .toBe(sets + 1);
    }
    expect(await writer.strategy.get(key)).toMatchObject({
      item: { value: OLD, version: 1 },
      outcome: 'stale',
    });
    await expect.poll(async () => (await loader.strategy.get(key)).item?.value).toBe('v6');
  });

  test('a loader that died is waited for as long as its lock, and a failed one not at all', async () => {
    const key = nextRow();
    const parameters = { lockMs: 300_000 };
    const [failing, next] = [
      await bench.instanceOf(tagAsDeleted, { parameters }),
      await bench.instanceOf(tagAsDeleted, { parameters }),
    ];
    const held = failing.board.hold('afterDbRead');
    const reading = failing.strategy.get(key);
    await held.reached();
    held.fail(new Error('the database burns'));
    await expect(reading).rejects.toThrow('the database burns');
    expect((await next.strategy.get(key)).item).toMatchObject({ value: OLD });

    const short = await bench.instanceOf(tagAsDeleted, { parameters: { lockMs: 1 } });
    const dead = nextRow();
    short.board.hold('afterDbRead');
    // Nobody ever lets it go on.
    void short.strategy.get(dead);
    await expect.poll(() => short.passed).toContain('beforeDbRead');
    expect((await next.strategy.get(dead)).item).toMatchObject({ value: OLD });
  });

  test('takes the place of plain entries, when it reads and when it writes', async () => {
    const [read, written] = [nextRow(), nextRow()];
    const { strategy, put } = await strong();
    for (const key of [read, written])
      await bench.redis.set(`test:item:${key}`, '{"version":9}', 'PX', 60_000);
    expect((await strategy.get(read)).item).toMatchObject({ value: OLD, version: 1 });
    await put(written, 'new');
    expect((await strategy.get(written)).item).toMatchObject({ value: 'new', version: 2 });
  });
});
