import { afterAll, beforeAll } from 'vitest';
import { sharedBloomFilterSuite } from './bloom-filter-redis.suite.ts';
import { type StrategyBench, startStrategyBench } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

sharedBloomFilterSuite(() => bench);
