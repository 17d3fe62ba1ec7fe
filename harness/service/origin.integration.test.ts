/** The database as the service sees it, beside the database's own count. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readMemory } from './memory.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset(7));

test('reads many rows in one query, and leaves out those that do not exist', async () => {
  const before = await bench.probe.read();
  const items = await bench.origin.loadMany(['item-1', 'nobody', 'item-4', 'item-1']);
  expect(items.map(({ id, version }) => [id, version]).toSorted()).toEqual([
    ['item-1', 1],
    ['item-4', 1],
  ]);
  expect(await bench.origin.loadMany([])).toEqual([]);
  await expect.poll(async () => (await bench.probe.read()).reads - before.reads).toBe(1);
});

test('lists every key once, in batches of the size asked for', async () => {
  const batches: (readonly string[])[] = [];
  const loads = await bench.loadsOf(async () => {
    for await (const batch of bench.origin.keys(3)) batches.push(batch);
  });
  expect(batches.map(({ length }) => length)).toEqual([3, 3, 1]);
  expect(batches.flat()).toEqual(Array.from({ length: 7 }, (_, n) => `item-${n}`));
  // The last batch may have been full: only an empty one is the end.
  expect(loads).toBe(4);
});

test('drops what waits for a connection when the storm is over, and lets what is queried go on', async () => {
  const own = bench.connectOrigin({ poolSize: 2, queryMs: 100 });
  const loading = Promise.allSettled(Array.from({ length: 9 }, (_, n) => own.load(`item-${n % 7}`)));
  await expect.poll(() => own.stats.reads).toBe(2);
  own.abandon();
  const outcomes = await loading;
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(outcomes.at(-1)).toMatchObject({ reason: { name: 'AbandonedError', code: 'E_ORIGIN' } });
  expect(own.stats).toMatchObject({ reads: 2, inFlight: 0, errors: 0 });
});

test('a connection costs a process next to nothing in memory', async () => {
  const connections = 40;
  const own = bench.connectOrigin({ poolSize: connections, queryMs: 20 });
  await own.load('item-1');
  const before = readMemory().liveBytes;
  await Promise.all(Array.from({ length: connections }, () => own.load('item-1')));
  expect((readMemory().liveBytes - before) / connections).toBeLessThan(150_000);
});
