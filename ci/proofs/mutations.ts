/**
 * `npm run proof:mutations [-- --only recovery]`: what the unit tests of the measuring core are worth. Each mutation of
 * `mutations/list.ts` makes one number wrong in a copy of the sources; a unit test beside it has to turn red. The work
 * tree is never touched.
 */
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutations } from './mutations/list.ts';
import type { Mutation } from './mutations/mutation.ts';
import { type Proof, prove } from './proof.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What unit tests of the harness need. */
const COPIED = [
  ...['harness', 'scenarios', 'infra', 'reports', 'ci'],
  ...['package.json', 'tsconfig.json', 'vitest.config.ts'],
];
const LEAST = 40;

const { values: flags } = parseArgs({ options: { only: { type: 'string', default: '' } } });

await prove('mutations', async (proof) => {
  const chosen = mutations.filter(({ file, wrong }) => `${file} ${wrong}`.includes(flags.only));
  const copy = join(proof.folder, 'copy');
  for (const name of COPIED) {
    const skip = (path: string) => basename(path) !== 'node_modules';
    await cp(join(ROOT, name), join(copy, name), { recursive: true, filter: skip });
  }
  for (const mutation of chosen) await mutated(copy, mutation);
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const sound = await failuresOf(proof, copy, [...new Set(chosen.flatMap(({ tests }) => tests))]);
  if (sound !== 0) throw new Error(`${sound} of these tests are red without any mutation`);
  const survivors: Mutation[] = [];
  for (const [index, mutation] of chosen.entries()) {
    const failed = await withMutation(copy, mutation, () => failuresOf(proof, copy, mutation.tests));
    if (failed === 0) survivors.push(mutation);
    const fate = failed === 0 ? 'SURVIVED' : 'killed';
    console.log(`${index + 1} of ${chosen.length}: ${fate}: ${mutation.file}: ${mutation.wrong}`);
  }
  console.log(`${chosen.length - survivors.length} of ${chosen.length} mutations were noticed`);
  return chosen.length > 0 && survivors.length === 0 && (flags.only !== '' || chosen.length >= LEAST);
});

/**
 * Returns a file with its mutation.
 *
 * @throws Error when it does not fit the file any more
 */
async function mutated(copy: string, { file, find, replace }: Mutation): Promise<string> {
  const source = await readFile(join(copy, file), 'utf8');
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${JSON.stringify(find)} ${times} times, and not once`);
  return source.replace(find, () => replace);
}

async function withMutation<T>(copy: string, mutation: Mutation, work: () => Promise<T>): Promise<T> {
  const path = join(copy, mutation.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, await mutated(copy, mutation));
  try {
    return await work();
  } finally {
    await writeFile(path, source);
  }
}

/**
 * Runs unit tests in the copy, up to the first that fails.
 *
 * @returns how many failed
 * @throws Error when they could not be run: a file that does not load judges nothing
 */
async function failuresOf({ run, folder }: Proof, copy: string, tests: readonly string[]): Promise<number> {
  const report = join(folder, 'report.json');
  await rm(report, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const given = ['--project', 'unit', '--bail', '1', '--reporter', 'json', '--outputFile', report];
  const { stdout, stderr } = await run([], {
    cwd: copy,
    by: () => [process.execPath, vitest, 'run', ...given, ...tests],
  });
  const text = await readFile(report, 'utf8').catch(() => {
    throw new Error(`the tests could not be run:\n${stdout}${stderr}`);
  });
  const { numTotalTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(text) as {
    readonly numTotalTests: number;
    readonly numFailedTests: number;
    readonly numFailedTestSuites: number;
    readonly testResults: readonly { readonly message: string }[];
  };
  if (numTotalTests === 0 || (numFailedTests === 0 && numFailedTestSuites > 0)) {
    throw new Error(`the tests did not load: ${testResults.map(({ message }) => message).join('\n')}`);
  }
  return numFailedTests;
}
