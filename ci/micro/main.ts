/**
 * `npm run micro [-- --json] [-- FILTER]`: times the smallest parts, with mitata. `--json` prints every sample,
 * in nanoseconds, on stdout; FILTER is a part of the names to run.
 *
 * Not a gate: on a shared machine these figures vary by a factor. Compare two commits on one quiet machine.
 */
import { parseArgs } from 'node:util';
import { bench, do_not_optimize, run } from 'mitata';
import { findBenchmarks } from './benchmarks.ts';

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [filter = ''] = positionals;
const chosen = (await findBenchmarks()).filter(({ name }) => name.includes(filter));
if (chosen.length === 0) {
  process.stderr.write(`error: no benchmark has "${filter}" in its name\n`);
  process.exit(2);
}
for (const benchmark of chosen) {
  bench(benchmark.name, () => {
    const result = benchmark.run();
    // Else the engine may find that nobody wants the result, and time nothing.
    do_not_optimize(result);
    return result;
  });
}
await run({ throw: true, ...(values.json ? { format: { json: { samples: true, debug: false } } } : {}) });
