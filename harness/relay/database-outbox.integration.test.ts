/** The outbox, on a real database. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type StrategyBench, startStrategyBench } from '../service/testing.ts';
import { databaseOutbox } from './database-outbox.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset(3));

/** The relay's, and how often it has told of its counts. */
function connect() {
  const counted = { times: 0 };
  const outbox = databaseOutbox(bench.stack.get('database').url('relay'), () => {
    counted.times++;
  });
  return { outbox, counted };
}

test('is taken in its order, and no more than asked for, until it is removed', async () => {
  const { outbox } = connect();
  await using _outbox = outbox;
  expect(await outbox.isEmpty()).toBe(true);
  for (const [key, value] of [
    ['item-0', 'a'],
    ['item-1', 'b'],
    ['item-0', 'c'],
  ] as const)
    await bench.origin.store(key, value, { outbox: true });
  expect(await outbox.isEmpty()).toBe(false);
  const all = await outbox.take(10);
  expect(all.map(({ key, value, version }) => [key, value, version])).toEqual([
    ['item-0', 'a', 2],
    ['item-1', 'b', 2],
    ['item-0', 'c', 3],
  ]);
  const sentUs = all.map(({ storedAtUs }) => storedAtUs);
  expect(sentUs).toEqual(sentUs.toSorted((one, other) => one - other));
  expect(sentUs[0]).toBeGreaterThan(0);
  // Whatever comes between: what was taken and not removed comes again.
  expect(await outbox.take(2)).toEqual(all.slice(0, 2));
  await outbox.remove(all.slice(0, 1).map(({ id }) => id));
  expect(await outbox.take(10)).toEqual(all.slice(1));
  await outbox.remove(all.slice(1).map(({ id }) => id));
  expect([await outbox.take(10), await outbox.isEmpty()]).toEqual([[], true]);
});

test('counts its statements before they are sent, and not what is asked for its own sake', async () => {
  const { outbox, counted } = connect();
  await using _outbox = outbox;
  const taking = outbox.take(1);
  expect(outbox.stats).toEqual({ reads: 1, writes: 0, inFlight: 1 });
  await taking;
  await outbox.remove([]);
  await outbox.isEmpty();
  expect(outbox.stats).toEqual({ reads: 1, writes: 0, inFlight: 0 });
  await outbox.remove([1, 2]);
  expect(outbox.stats).toEqual({ reads: 1, writes: 1, inFlight: 0 });
  expect(counted.times).toBe(2);
});
