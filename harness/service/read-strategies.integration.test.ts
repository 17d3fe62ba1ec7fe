/** The contract that every read strategy keeps, on a real Redis and a real database. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import { readStrategies, writeStrategies } from '../../scenarios/strategies/registry.ts';
import type { ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { systemClock } from '../time/clock.ts';
import { promises } from './read-strategies.promises.ts';
import { type Instance, type StrategyBench, startStrategyBench, TTL_MS } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

/** Ways to read, and ways to write without a relay that bring a reader of their own. */
const readers: readonly StrategyDefinition[] = [
  ...readStrategies,
  ...writeStrategies.filter(
    ({ createReader, queue, relays }) => createReader !== undefined && (queue ?? relays) === undefined,
  ),
];

describe.each(readers.map((definition) => [definition.name, definition] as const))(
  '%s',
  (name, definition) => {
    const instanceOf = () => bench.instanceOf(definition, { parameters: promises[name]?.parameters ?? {} });

    test('returns the row and then its cached copy, with one load', async () => {
      const { strategy } = await instanceOf();
      const loads = await bench.loadsOf(async () => {
        const first = await strategy.get('item-1');
        expect(first).toMatchObject({
          item: { id: 'item-1', version: 1, value: 'x'.repeat(32) },
          outcome: 'miss',
        });
        expect(await strategy.get('item-1')).toEqual({
          item: first.item,
          outcome: promises[name]?.again ?? 'hit',
        });
      });
      expect(loads).toBe(1);
    });

    test('says null for a row that does not exist, again and again', async () => {
      const { strategy } = await instanceOf();
      expect((await strategy.get('nobody')).item).toBeNull();
      expect((await strategy.get('nobody')).item).toBeNull();
      const entries = promises[definition.name]?.remembersAbsence ? ['test:item:nobody'] : [];
      expect(await bench.redis.keys('test:item:*')).toEqual(entries);
    });

    test('finds what was preloaded, without a load', async () => {
      const { strategy } = await instanceOf();
      const items = await bench.origin.loadMany(['item-0', 'item-2']);
      const loads = await bench.loadsOf(async () => {
        await strategy.preload?.(items);
        const answer = await strategy.get('item-2');
        expect(answer.item).toEqual(items.find(({ id }) => id === 'item-2'));
        expect(['hit', 'l1']).toContain(answer.outcome);
      });
      expect(loads).toBe(0);
    });

    test('gives every entry a time to live', async () => {
      const { strategy } = await instanceOf();
      await strategy.get('item-1');
      if (promises[name]?.inRedis === false) {
        expect(await bench.redis.keys('*')).toEqual([]);
        return;
      }
      const ttlMs = await bench.redis.pttl('test:item:item-1');
      expect(ttlMs).toBeGreaterThan(TTL_MS - 10_000);
    });

    test('takes an entry that is not one of ours for a miss', async () => {
      const { strategy } = await instanceOf();
      for (const damaged of ['', '{', 'null', '[]', '{"id":"item-1"}', '"text"']) {
        await bench.redis.set('test:item:item-1', damaged);
        expect((await strategy.get('item-1')).item).toMatchObject({ id: 'item-1' });
      }
    });

    test('hands a failed load to its readers, and the next reader tries anew', async () => {
      const { strategy, board } = await instanceOf();
      const held = board.hold('beforeDbRead');
      const reading = Promise.allSettled([strategy.get('item-1')]);
      await held.reached();
      held.fail(new Error('the database burns'));
      expect((await reading)[0]).toMatchObject({
        status: 'rejected',
        reason: { message: 'the database burns' },
      });
      expect((await strategy.get('item-1')).item).toMatchObject({ id: 'item-1' });
    });

    test('keeps the loads of one expiry at what it promises: 2 processes, 25 readers each', async () => {
      const instances = [await instanceOf(), await instanceOf()];
      const holds = instances.map(({ board }) => board.hold('afterCacheMiss'));
      const loads = await bench.loadsOf(async () => {
        const reading = instances.flatMap(({ strategy }) =>
          Array.from({ length: 25 }, () => strategy.get('item-2')),
        );
        // Every reader has missed before the first may go on: the worst herd there can be.
        await Promise.all(holds.map((held) => held.reached(25)));
        for (const held of holds) held.release();
        const answers = await Promise.all(reading);
        expect(answers.every(({ item }) => item?.id === 'item-2')).toBe(true);
      });
      expect(loads).toBe(promises[definition.name]?.herd);
      expect(instances.flatMap(({ backgroundErrors }) => backgroundErrors)).toEqual([]);
    });

    const { latecomer } = promises[name] ?? {};
    if (latecomer !== undefined) {
      test('a reader that missed, and comes to load only after another has filled, behaves as promised', async () => {
        const late = await instanceOf();
        const early = await instanceOf();
        const held = late.board.hold('afterCacheMiss');
        const loads = await bench.loadsOf(async () => {
          const reading = late.strategy.get('item-1');
          await held.reached();
          await early.strategy.get('item-1');
          held.release();
          expect((await reading).item).toMatchObject({ id: 'item-1' });
        });
        expect(loads).toBe(latecomer);
      });
    }

    test('leaves no lock behind', async () => {
      const { strategy } = await instanceOf();
      await strategy.get('item-1');
      expect(await bench.redis.keys('test:lock:*')).toEqual([]);
    });
  },
);

function named(name: string): ReadStrategyDefinition {
  const found = readStrategies.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
}

describe('mutex', () => {
  test('a holder whose lock ran out does not release the lock of its successor', async () => {
    const { strategy, board } = await bench.instanceOf(named('mutex'));
    const held = board.hold('afterDbRead');
    const slow = strategy.get('item-1');
    await held.reached();
    await bench.redis.set('test:lock:item-1', 'of-the-successor', 'PX', 60_000);
    held.release();
    await slow;
    expect(await bench.redis.get('test:lock:item-1')).toBe('of-the-successor');
  });
});

describe('logical-expiry', () => {
  test('answers with the expired entry at once while one of many readers refreshes it', async () => {
    const instances = [
      await bench.instanceOf(named('logical-expiry'), { ttlMs: 1 }),
      await bench.instanceOf(named('logical-expiry'), { ttlMs: 1 }),
    ];
    const [first, second] = instances as [Instance, Instance];
    const old = await first.strategy.get('item-1');
    await expect.poll(async () => (await readEntryExpiry('item-1')) < systemClock.wallMs()).toBe(true);
    const held = first.board.hold('afterDbRead');
    const loads = await bench.loadsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => first.strategy.get('item-1')));
      expect(answers).toEqual(Array.from({ length: 20 }, () => ({ item: old.item, outcome: 'stale' })));
      await held.reached();
      // The other process finds the lock taken, and answers all the same.
      expect(await second.strategy.get('item-1')).toEqual({ item: old.item, outcome: 'stale' });
      held.release();
      await expect.poll(() => bench.redis.exists('test:lock:item-1')).toBe(0);
    });
    expect(loads).toBe(1);
    expect(await loadedAtOf('item-1')).toBeGreaterThanOrEqual(
      old.item?.loadedAtMs ?? Number.POSITIVE_INFINITY,
    );
  });

  test('drops the entry of a row that is gone', async () => {
    const { strategy } = await bench.instanceOf(named('logical-expiry'), { ttlMs: 1 });
    await strategy.get('item-1');
    await bench.probe.seed({ rows: 1, valueBytes: 32, keyOf: () => 'another' });
    await expect
      .poll(async () => {
        await strategy.get('item-1');
        return bench.redis.exists('test:item:item-1');
      })
      .toBe(0);
  });

  async function readEntryExpiry(key: string): Promise<number> {
    return Number(JSON.parse((await bench.redis.get(`test:item:${key}`)) ?? '{}').expiresAtMs);
  }
  async function loadedAtOf(key: string): Promise<number> {
    return Number(JSON.parse((await bench.redis.get(`test:item:${key}`)) ?? '{}').loadedAtMs);
  }
});
