/** What the strategies against breakdown promise beyond the contract, and where they are weak, by schedule. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hotKeyL1 } from '../../scenarios/strategies/read/hot-key-l1.ts';
import { lease } from '../../scenarios/strategies/read/lease.ts';
import { mutexSingleFlight } from '../../scenarios/strategies/read/mutex-single-flight.ts';
import { none } from '../../scenarios/strategies/read/none.ts';
import { refreshAhead } from '../../scenarios/strategies/read/refresh-ahead.ts';
import { xfetch } from '../../scenarios/strategies/read/xfetch.ts';
import { xfetchLock } from '../../scenarios/strategies/read/xfetch-lock.ts';
import type { ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { systemClock } from '../time/clock.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

const KEY = 'item-1';
const ENTRY = `test:item:${KEY}`;

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** What a write strategy that knows nothing of its readers does. */
async function write(): Promise<void> {
  await bench.origin.store(KEY, 'new');
  await bench.redis.del(ENTRY);
}

async function cachedVersion(): Promise<number | null> {
  const text = await bench.redis.get(ENTRY);
  return text === null ? null : (JSON.parse(text) as { version: number }).version;
}

describe('lease', () => {
  test.each([
    [lease, null],
    // The same schedule without leases: the old row is cached, and nobody deletes it any more.
    [none, 1],
    [mutexSingleFlight, 1],
  ] as [ReadStrategyDefinition, number | null][])(
    '$name: a set that comes after a delete',
    async (definition, left) => {
      const { strategy, board } = await bench.instanceOf(definition);
      const held = board.hold('afterDbRead');
      const reading = strategy.get(KEY);
      await held.reached();
      await write();
      held.release();
      expect((await reading).item).toMatchObject({ version: 1 });
      expect(await cachedVersion()).toBe(left);
    },
  );

  test('a delete lets the next reader load at once, and the late set does not undo it', async () => {
    const [late, next] = [await bench.instanceOf(lease), await bench.instanceOf(lease)];
    const held = late.board.hold('afterDbRead');
    const reading = late.strategy.get(KEY);
    await held.reached();
    await write();
    const loads = await bench.loadsOf(() => next.strategy.get(KEY));
    expect(loads).toBe(1);
    held.release();
    await reading;
    expect(await cachedVersion()).toBe(2);
  });

  test('is good for its time only: who comes later loads again, and the first set is refused', async () => {
    const slow = await bench.instanceOf(lease, { parameters: { leaseMs: 20 } });
    const next = await bench.instanceOf(lease);
    const held = slow.board.hold('afterDbRead');
    const reading = slow.strategy.get(KEY);
    await held.reached();
    // Not deleted: only the time tells that the old row is old.
    await bench.origin.store(KEY, 'new');
    await expect.poll(() => bench.redis.exists(ENTRY)).toBe(0);
    expect((await next.strategy.get(KEY)).item).toMatchObject({ version: 2 });
    held.release();
    await reading;
    expect(await cachedVersion()).toBe(2);
  });

  test('makes others wait, as long as they may', async () => {
    const [holder, other] = [
      await bench.instanceOf(lease),
      await bench.instanceOf(lease, { parameters: { waitMs: 30, pollMs: 5 } }),
    ];
    const held = holder.board.hold('afterDbRead');
    const reading = holder.strategy.get(KEY);
    await held.reached();
    const loads = await bench.loadsOf(() =>
      expect(other.strategy.get(KEY)).rejects.toMatchObject({ code: 'E_LOCK_WAIT' }),
    );
    expect(loads).toBe(0);
    held.release();
    await reading;
  });

  test('Redis announces it under another name than an entry', async () => {
    const watcher = bench.redis.duplicate({ lazyConnect: true });
    await watcher.connect();
    try {
      const events: string[] = [];
      watcher.on('message', (_, event) => events.push(event));
      await watcher.subscribe(`__keyspace@0__:${ENTRY}`);
      const { strategy, board } = await bench.instanceOf(lease);
      const held = board.hold('afterDbRead');
      const reading = strategy.get(KEY);
      await held.reached();
      await expect.poll(() => events).toEqual(['setrange', 'expire']);
      held.release();
      await reading;
      await expect.poll(() => events).toEqual(['setrange', 'expire', 'set', 'expire']);
    } finally {
      watcher.disconnect();
    }
  });

  test('is handed back where there is no row or no answer', async () => {
    const { strategy, board } = await bench.instanceOf(lease);
    await strategy.get('nobody');
    const held = board.hold('afterDbRead');
    const reading = expect(strategy.get(KEY)).rejects.toThrow('lost');
    await held.reached();
    held.fail(new Error('lost'));
    await reading;
    expect(await bench.redis.keys('*')).toEqual([]);
  });
});

/** An entry past its expiry that Redis still has: every reader is due to reload it. */
async function putDue(): Promise<void> {
  const item = await bench.origin.load(KEY);
  const entry = { ...item, loadMs: 5, expiresAtMs: systemClock.wallMs() - 1 };
  await bench.redis.set(ENTRY, JSON.stringify(entry), 'PX', 60_000);
}

describe('xfetch', () => {
  test('every reader that is due reloads; who comes after the first of them does not', async () => {
    await putDue();
    const { strategy, board } = await bench.instanceOf(xfetch);
    const held = board.hold('afterCacheMiss');
    const loads = await bench.loadsOf(async () => {
      const reading = times(7, () => strategy.get(KEY));
      await held.reached(7);
      held.release();
      await Promise.all(reading);
      expect((await strategy.get(KEY)).outcome).toBe('hit');
    });
    expect(loads).toBe(7);
  });

  test('a reload that fails leaves the entry, and its reader gets that', async () => {
    await putDue();
    for (const definition of [xfetch, xfetchLock] as ReadStrategyDefinition[]) {
      const { strategy, board, backgroundErrors } = await bench.instanceOf(definition);
      const held = board.hold('beforeDbRead');
      const reading = strategy.get(KEY);
      await held.reached();
      held.fail(new Error('the database burns'));
      expect(await reading).toMatchObject({ item: { id: KEY }, outcome: 'hit' });
      expect(backgroundErrors).toHaveLength(1);
    }
  });

  test('a row that is gone takes its entry with it', async () => {
    for (const definition of [xfetch, xfetchLock] as ReadStrategyDefinition[]) {
      await bench.reset();
      await putDue();
      await bench.probe.seed({ rows: 1, valueBytes: 32, keyOf: () => 'another' });
      const { strategy } = await bench.instanceOf(definition);
      expect((await strategy.get(KEY)).item).toBeNull();
      expect(await bench.redis.keys('*')).toEqual([]);
    }
  });
});

describe('xfetch+lock', () => {
  test('of all that are due one reloads, the others go on with the entry', async () => {
    await putDue();
    const [first, second] = [await bench.instanceOf(xfetchLock), await bench.instanceOf(xfetchLock)];
    const held = first.board.hold('afterDbRead');
    const loads = await bench.loadsOf(async () => {
      const reading = first.strategy.get(KEY);
      await held.reached();
      const others = await Promise.all(
        [first, second].flatMap(({ strategy }) => times(10, () => strategy.get(KEY))),
      );
      expect(others.every(({ outcome }) => outcome === 'hit')).toBe(true);
      held.release();
      expect((await reading).outcome).toBe('miss');
    });
    expect(loads).toBe(1);
  });

  test('who gets the lock after the reload finds the entry renewed', async () => {
    await putDue();
    const [first, late] = [await bench.instanceOf(xfetchLock), await bench.instanceOf(xfetchLock)];
    const held = late.board.hold('afterLockAcquired');
    const loads = await bench.loadsOf(async () => {
      const reading = late.strategy.get(KEY);
      await held.reached();
      // As if its lock had run out.
      await bench.redis.del(`test:lock:${KEY}`);
      await first.strategy.get(KEY);
      held.release();
      await reading;
    });
    expect(loads).toBe(1);
  });
});

describe('mutex+single-flight', () => {
  test('a process has one contender for the lock, however many readers it has', async () => {
    const { strategy, board } = await bench.instanceOf(mutexSingleFlight);
    const held = board.hold('afterLockAcquired');
    const before = await bench.redis.info('commandstats');
    const reading = times(20, () => strategy.get(KEY));
    await held.reached();
    held.release();
    await Promise.all(reading);
    expect(setsOf(await bench.redis.info('commandstats')) - setsOf(before)).toBe(2);
  });

  const setsOf = (info: string) => Number(/cmdstat_set:calls=(\d+)/.exec(info)?.[1] ?? 0);
});

describe('refresh-ahead', () => {
  const options = { ttlMs: 2_000, parameters: { refreshAt: 0.2, readWithinMs: 60_000 } };

  test('renews what was read, before it expires and with nobody waiting', async () => {
    const { strategy, backgroundErrors } = await bench.instanceOf(refreshAhead, options);
    const first = (await strategy.get(KEY)).item?.loadedAtMs ?? 0;
    const loads = await bench.loadsOf(() =>
      expect
        .poll(async () => {
          const { item, outcome } = await strategy.get(KEY);
          expect(outcome).toBe('hit');
          return (item?.loadedAtMs ?? 0) > first;
        })
        .toBe(true),
    );
    expect(loads).toBe(1);
    expect(backgroundErrors).toEqual([]);
  });

  test('leaves what nobody reads any more to expire, and counts what it loaded in vain', async () => {
    const { strategy } = await bench.instanceOf(refreshAhead, {
      ...options,
      parameters: { refreshAt: 0.5, readWithinMs: 1_500 },
    });
    const loads = await bench.loadsOf(async () => {
      await strategy.get(KEY);
      await expect.poll(() => bench.redis.exists(ENTRY), { timeout: 10_000 }).toBe(0);
    });
    // Read at 0: worth a refresh at 1 s, none at 2 s.
    expect(loads).toBe(2);
    expect(strategy.counters?.()).toEqual({ wastedRefreshes: 1 });
  });

  test('drops the entry of a row that is gone', async () => {
    const { strategy } = await bench.instanceOf(refreshAhead, options);
    await strategy.get(KEY);
    await bench.probe.seed({ rows: 1, valueBytes: 32, keyOf: () => 'another' });
    const loads = await bench.loadsOf(() =>
      expect.poll(() => bench.redis.exists(ENTRY), { timeout: 10_000 }).toBe(0),
    );
    expect(loads).toBe(1);
  });
});

describe('hot-key-l1', () => {
  const parameters = { hotReads: 3, windowMs: 3_600_000, l1TtlMs: 60_000 };

  test('keeps a key from the read that makes it hot', async () => {
    const { strategy } = await bench.instanceOf(hotKeyL1, { parameters });
    const outcomes: string[] = [];
    for (let read = 0; read < 5; read++) outcomes.push((await strategy.get(KEY)).outcome);
    expect(outcomes).toEqual(['miss', 'hit', 'hit', 'l1', 'l1']);
    expect((await strategy.get('item-2')).outcome).toBe('miss');
    expect((await strategy.get('item-2')).outcome).toBe('hit');
  });

  test('a delete in Redis does not reach it; a write through its own process does', async () => {
    const { strategy } = await bench.instanceOf(hotKeyL1, { parameters: { ...parameters, hotReads: 1 } });
    await strategy.get(KEY);
    await write();
    expect(await strategy.get(KEY)).toMatchObject({ item: { version: 1 }, outcome: 'l1' });
    await strategy.written?.(KEY);
    expect(await strategy.get(KEY)).toMatchObject({ item: { version: 2 }, outcome: 'miss' });
  });

  test('one reader of a process goes to Redis for a hot key', async () => {
    const { strategy, board } = await bench.instanceOf(hotKeyL1, {
      parameters: { ...parameters, hotReads: 1 },
    });
    const held = board.hold('afterCacheMiss');
    const before = getsOf(await bench.redis.info('commandstats'));
    const reading = times(25, () => strategy.get(KEY));
    await held.reached();
    held.release();
    const answers = await Promise.all(reading);
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['miss']));
    expect(getsOf(await bench.redis.info('commandstats')) - before).toBe(1);
  });

  const getsOf = (info: string) => Number(/cmdstat_get:calls=(\d+)/.exec(info)?.[1] ?? 0);
});
