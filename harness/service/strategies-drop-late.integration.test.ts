/** Services that throw away what comes after their client has hung up, on real servers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dropLate, dropLateQueue, dropLateSingleFlight } from '../../scenarios/strategies/read/drop-late.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

const SHED = { item: null, outcome: 'shed', refusal: 'overload' };

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset(5));

const cached = (key: string) => bench.redis.exists(`test:item:${key}`);

describe.each([dropLate, dropLateSingleFlight, dropLateQueue].map((each) => [each.name, each] as const))(
  '%s',
  (_, definition) => {
    test.each([
      ['throws away the row of a reader who has hung up', true, 0],
      ['keeps the row of a reader who still waits', false, 1],
    ])('%s', async (_title, hangsUp, kept) => {
      const instance = await bench.instanceOf(definition);
      const held = instance.board.hold('afterDbRead');
      const hangUp = new AbortController();
      const reading = instance.strategy.get('item-0', { signal: hangUp.signal });
      await held.reached();
      if (hangsUp) hangUp.abort();
      held.release();
      await reading;
      expect(await cached('item-0')).toBe(kept);
    });
  },
);

test('drop-late+single-flight keeps a row that one of its readers still waits for', async () => {
  const instance = await bench.instanceOf(dropLateSingleFlight);
  const held = instance.board.hold('afterDbRead');
  const hangUp = new AbortController();
  const first = instance.strategy.get('item-0', { signal: hangUp.signal });
  await held.reached();
  const missed = instance.board.hold('afterCacheMiss');
  const second = instance.strategy.get('item-0');
  await missed.reached();
  missed.release();
  // It joins the load at once: before any answer of a server.
  await bench.redis.ping();
  hangUp.abort();
  held.release();
  await Promise.all([first, second]);
  expect(await cached('item-0')).toBe(1);
});

test('drop-late+queue makes the query of who hung up in its queue, throws the row away, and refuses beyond', async () => {
  const parameters = { concurrency: 1, queue: 1, queueWaitMs: 60_000, newestFirst: 0 };
  const instance = await bench.instanceOf(dropLateQueue, { parameters });
  const held = instance.board.hold('beforeDbRead');
  const hangUp = new AbortController();
  const loading = instance.strategy.get('item-0');
  await held.reached();
  const waiting = instance.strategy.get('item-1', { signal: hangUp.signal });
  await bench.redis.ping();
  const loads = await bench.loadsOf(async () => {
    expect(await instance.strategy.get('item-2')).toEqual(SHED);
    hangUp.abort();
    held.release();
    await Promise.all([loading, waiting]);
  });
  expect(loads).toBe(2);
  expect([await cached('item-0'), await cached('item-1')]).toEqual([1, 0]);
});
