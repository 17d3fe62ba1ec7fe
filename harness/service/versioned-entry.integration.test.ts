import { afterAll, beforeAll } from 'vitest';
import { type StrategyBench, startStrategyBench } from './testing.ts';
import { versionedEntrySuite } from './versioned-entry.suite.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

versionedEntrySuite(() => bench);
