import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One thing to be timed: its name, and one go of it. */
export interface Benchmark {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly run: () => unknown;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * All benchmarks: `x.bench.ts` lies beside `x.ts` as its tests do, and exports `benchmarks`, a function a name.
 *
 * They are found, not imported, as a test runner finds tests: ci knows nothing of what they time, and they
 * know nothing of what times them.
 *
 * @throws Error when a file exports something else, or a name comes twice
 */
export async function findBenchmarks(): Promise<readonly Benchmark[]> {
  const files: string[] = [];
  for await (const file of glob('{scenarios,harness,infra,reports}/**/*.bench.ts', { cwd: ROOT })) {
    files.push(file);
  }
  const found: Benchmark[] = [];
  for (const file of files.sort()) {
    const { benchmarks } = (await import(pathToFileURL(join(ROOT, file)).href)) as { benchmarks?: unknown };
    if (typeof benchmarks !== 'object' || benchmarks === null) {
      throw new Error(`${file} does not export \`benchmarks\``);
    }
    for (const [name, run] of Object.entries(benchmarks)) {
      if (typeof run !== 'function') throw new Error(`${file}: "${name}" is no function`);
      const earlier = found.find((benchmark) => benchmark.name === name);
      if (earlier !== undefined) throw new Error(`"${name}" is both in ${earlier.file} and in ${file}`);
      found.push({ name, file, run: run as () => unknown });
    }
  }
  return found;
}
