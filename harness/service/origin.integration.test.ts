import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMemory } from './memory.ts';
import { originSuite } from './origin.suite.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

originSuite(() => bench);

test('a connection costs a process next to nothing in memory', async () => {
  const connections = 40;
  const own = bench.connectOrigin({ poolSize: connections, queryMs: 20 });
  await own.load('item-1');
  const before = readMemory().liveBytes;
  await Promise.all(Array.from({ length: connections }, () => own.load('item-1')));
  expect((readMemory().liveBytes - before) / connections).toBeLessThan(150_000);
});
