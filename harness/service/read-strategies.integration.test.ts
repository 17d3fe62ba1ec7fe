/** The contract that every read strategy keeps, on a real Redis and a real database. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { localDatabase } from '../../infra/local/database.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { readStrategies } from '../../scenarios/strategies/registry.ts';
import type { ReadStrategy, ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { connectDatabaseProbe, type DatabaseProbe } from '../probes/database.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { BarrierBoard } from './barrier-board.ts';
import { connectRedis, strategyContext } from './context.ts';
import { type CountedOrigin, connectOrigin } from './origin.ts';

const TTL_MS = 60_000;

let stack: Stack;
let probe: DatabaseProbe;
let redis: Redis;
let origin: CountedOrigin;
const cleanUp = new AsyncDisposableStack();

beforeAll(async () => {
  stack = cleanUp.use(
    await startStack({
      runId: `test-${randomUUID()}`,
      backends: [localRedis(), localDatabase()],
      signal: new AbortController().signal,
    }),
  );
  probe = cleanUp.use(await connectDatabaseProbe(stack.get('database').url('probe'), 'service'));
  redis = connectRedis(stack.get('redis').url('service'));
  await redis.connect();
  cleanUp.defer(() => redis.disconnect());
  origin = cleanUp.use(
    connectOrigin({
      url: stack.get('database').url('service'),
      queryMs: 5,
      poolSize: 16,
      clock: systemClock,
    }),
  );
});
afterAll(() => cleanUp.disposeAsync());

beforeEach(async () => {
  await stack.get('redis').flush();
  await probe.seed(3, 32, (n) => `item-${n}`);
});

interface Instance {
  readonly strategy: ReadStrategy;
  readonly board: BarrierBoard;
  readonly backgroundErrors: unknown[];
}

/** One service process's worth of a strategy; several of them share Redis and the database. */
function instanceOf(definition: ReadStrategyDefinition, ttlMs = TTL_MS): Instance {
  const board = new BarrierBoard();
  const backgroundErrors: unknown[] = [];
  const context = strategyContext({
    redis,
    origin,
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    ttlMs,
    keyPrefix: 'test:',
    onBackgroundError: (error) => backgroundErrors.push(error),
    barrier: board.barrier,
  });
  const parameters = Object.fromEntries(
    Object.entries(definition.parameters).map(([name, parameter]) => [name, parameter.default]),
  );
  return { strategy: definition.create(context, parameters), board, backgroundErrors };
}

/** Loads that `work` made, as the origin counted them. */
async function loadsOf(work: () => Promise<unknown>): Promise<number> {
  const before = origin.stats.reads;
  await work();
  return origin.stats.reads - before;
}

describe.each(readStrategies.map((definition) => [definition.name, definition] as const))(
  '%s',
  (_, definition) => {
    test('returns the row and then its cached copy, with one load', async () => {
      const { strategy } = instanceOf(definition);
      const loads = await loadsOf(async () => {
        const first = await strategy.get('item-1');
        expect(first).toMatchObject({
          item: { id: 'item-1', version: 1, value: 'x'.repeat(32) },
          outcome: 'miss',
        });
        expect(await strategy.get('item-1')).toEqual({ item: first.item, outcome: 'hit' });
      });
      expect(loads).toBe(1);
    });

    test('says null for a row that does not exist, and leaves no entry', async () => {
      const { strategy } = instanceOf(definition);
      expect((await strategy.get('nobody')).item).toBeNull();
      expect(await redis.keys('test:item:*')).toEqual([]);
    });

    test('gives every entry a time to live', async () => {
      const { strategy } = instanceOf(definition);
      await strategy.get('item-1');
      const ttlMs = await redis.pttl('test:item:item-1');
      expect(ttlMs).toBeGreaterThan(TTL_MS - 10_000);
    });

    test('takes an entry that is not one of ours for a miss', async () => {
      const { strategy } = instanceOf(definition);
      for (const damaged of ['', '{', 'null', '[]', '{"id":"item-1"}', '"text"']) {
        await redis.set('test:item:item-1', damaged);
        expect((await strategy.get('item-1')).item).toMatchObject({ id: 'item-1' });
      }
    });

    test('hands a failed load to its readers, and the next reader tries anew', async () => {
      const { strategy, board } = instanceOf(definition);
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
      const instances = [instanceOf(definition), instanceOf(definition)];
      const holds = instances.map(({ board }) => board.hold('afterCacheMiss'));
      const loads = await loadsOf(async () => {
        const reading = instances.flatMap(({ strategy }) =>
          Array.from({ length: 25 }, () => strategy.get('item-2')),
        );
        // Every reader has missed before the first may go on: the worst herd there can be.
        await Promise.all(holds.map((held) => held.reached(25)));
        for (const held of holds) held.release();
        const answers = await Promise.all(reading);
        expect(answers.every(({ item }) => item?.id === 'item-2')).toBe(true);
      });
      expect(loads).toBe(LOADS_OF_A_HERD[definition.name]);
      expect(instances.flatMap(({ backgroundErrors }) => backgroundErrors)).toEqual([]);
    });

    test('a reader that missed, and comes to load only after another has filled, behaves as promised', async () => {
      const late = instanceOf(definition);
      const held = late.board.hold('afterCacheMiss');
      const loads = await loadsOf(async () => {
        const reading = late.strategy.get('item-1');
        await held.reached();
        await instanceOf(definition).strategy.get('item-1');
        held.release();
        expect((await reading).item).toMatchObject({ id: 'item-1' });
      });
      expect(loads).toBe(LOADS_OF_A_LATECOMER[definition.name]);
    });

    test('leaves no lock behind', async () => {
      const { strategy } = instanceOf(definition);
      await strategy.get('item-1');
      expect(await redis.keys('test:lock:*')).toEqual([]);
    });
  },
);

/** 50 readers of 2 processes miss one key together. */
const LOADS_OF_A_HERD: Readonly<Record<string, number>> = {
  none: 50,
  'single-flight': 2,
  mutex: 1,
  'logical-expiry': 1,
};

/** One process fills while a reader of another has missed and not yet loaded. Only a lock makes it look again. */
const LOADS_OF_A_LATECOMER: Readonly<Record<string, number>> = {
  none: 2,
  'single-flight': 2,
  mutex: 1,
  'logical-expiry': 1,
};

function named(name: string): ReadStrategyDefinition {
  const found = readStrategies.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
}

describe('mutex', () => {
  test('a holder whose lock ran out does not release the lock of its successor', async () => {
    const { strategy, board } = instanceOf(named('mutex'));
    const held = board.hold('afterDbRead');
    const slow = strategy.get('item-1');
    await held.reached();
    await redis.set('test:lock:item-1', 'of-the-successor', 'PX', 60_000);
    held.release();
    await slow;
    expect(await redis.get('test:lock:item-1')).toBe('of-the-successor');
  });
});

describe('logical-expiry', () => {
  test('answers with the expired entry at once while one of many readers refreshes it', async () => {
    const instances = [instanceOf(named('logical-expiry'), 1), instanceOf(named('logical-expiry'), 1)];
    const [first, second] = instances as [Instance, Instance];
    const old = await first.strategy.get('item-1');
    await expect.poll(async () => (await readEntryExpiry('item-1')) < systemClock.wallMs()).toBe(true);
    const held = first.board.hold('afterDbRead');
    const loads = await loadsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => first.strategy.get('item-1')));
      expect(answers).toEqual(Array.from({ length: 20 }, () => ({ item: old.item, outcome: 'stale' })));
      await held.reached();
      // The other process finds the lock taken, and answers all the same.
      expect(await second.strategy.get('item-1')).toEqual({ item: old.item, outcome: 'stale' });
      held.release();
      await expect.poll(() => redis.exists('test:lock:item-1')).toBe(0);
    });
    expect(loads).toBe(1);
    expect(await loadedAtOf('item-1')).toBeGreaterThanOrEqual(
      old.item?.loadedAtMs ?? Number.POSITIVE_INFINITY,
    );
  });

  test('drops the entry of a row that is gone', async () => {
    const { strategy } = instanceOf(named('logical-expiry'), 1);
    await strategy.get('item-1');
    await probe.seed(1, 32, () => 'another');
    await expect
      .poll(async () => {
        await strategy.get('item-1');
        return redis.exists('test:item:item-1');
      })
      .toBe(0);
  });

  async function readEntryExpiry(key: string): Promise<number> {
    return Number(JSON.parse((await redis.get(`test:item:${key}`)) ?? '{}').expiresAtMs);
  }
  async function loadedAtOf(key: string): Promise<number> {
    return Number(JSON.parse((await redis.get(`test:item:${key}`)) ?? '{}').loadedAtMs);
  }
});
