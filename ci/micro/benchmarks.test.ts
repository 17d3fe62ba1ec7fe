import { expect, it } from 'vitest';
import { findBenchmarks } from './benchmarks.ts';

it('finds benchmarks that run', async () => {
  const benchmarks = await findBenchmarks();
  const names = benchmarks.map(({ name }) => name);
  expect(names).toContain('histogram record');
  for (const { run } of benchmarks) {
    // Twice: a benchmark goes on from where it was.
    await run();
    await run();
  }
});
