/** The linter's rules are code like any other: each is shown to refuse what it should, and nothing else. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One line of code at a path, and the rule that must refuse it; `null`: allowed. */
const cases: readonly (readonly [path: string, line: string, rule: string | null])[] = [
  ['harness/analysis/a.ts', `import { x } from 'node:fs/promises';`, 'noRestrictedImports'],
  ['harness/analysis/b.ts', `import { x } from '../../reports/terminal.ts';`, 'noRestrictedImports'],
  ['harness/plan/a.ts', `import { x } from 'ioredis';`, 'noRestrictedImports'],
  ['harness/plan/b.ts', `import { x } from 'node:crypto';`, null],
  ['harness/run-x.ts', `import { x } from '../reports/terminal.ts';`, 'noRestrictedImports'],
  ['harness/run-y.ts', `import { x } from './cli/options.ts';`, 'noRestrictedImports'],
  ['harness/cli/a.ts', `import { x } from '../../reports/terminal.ts';`, null],
  ['infra/a.ts', `import { x } from '../harness/run.ts';`, 'noRestrictedImports'],
  ['infra/b.ts', `import { x } from '../harness/time/clock.ts';`, null],
  ['infra/d.ts', `import { x } from '../harness/failure/cachestorm-error.ts';`, null],
  ['infra/c.ts', `import { x } from '../scenarios/registry.ts';`, 'noRestrictedImports'],
  ['reports/a.ts', `import { x } from '../harness/run.ts';`, 'noRestrictedImports'],
  ['reports/b.ts', `import { x } from '../harness/result/schema.ts';`, null],
  ['ci/a.ts', `import { x } from '../infra/stack.ts';`, 'noRestrictedImports'],
  ['scenarios/a.ts', `import { x } from '../harness/run.ts';`, 'noRestrictedImports'],
  ['scenarios/b.ts', `import { x } from '../harness/scenario/schema.ts';`, null],
  ['scenarios/strategies/read/a.ts', `import { x } from '../../../infra/stack.ts';`, 'noRestrictedImports'],
  ['harness/load/a.ts', 'const x = Date.now();', 'plugin'],
  ['harness/load/b.ts', 'const x = Math.random();', 'plugin'],
  ['harness/time/a.ts', 'const x = Date.now();', null],
  ['harness/cycle-a.ts', `import { x } from './cycle-b.ts';`, 'noImportCycles'],
  ['harness/cycle-b.ts', `import { x } from './cycle-a.ts';`, 'noImportCycles'],
];

let folder: string;
let findings: readonly { readonly category: string; readonly path: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachestorm-lint-'));
  for (const name of ['biome.json', '.gitignore', 'ci/lint/injected-time.grit', 'package.json']) {
    await cp(join(root, name), join(folder, name));
  }
  for (const [path, line] of cases) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${line}\nexport { x };\n`);
  }
  findings = await lint();
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(cases)('%s: %s -> %s', (path, _line, rule) => {
  const found = findings.filter((finding) => finding.path.endsWith(path)).map(({ category }) => category);
  if (rule === null) expect(found).toEqual([]);
  else expect(found.join()).toContain(rule);
});

async function lint(): Promise<typeof findings> {
  const biome = join(root, 'node_modules/.bin/biome');
  const run = promisify(execFile)(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: folder,
  });
  // It exits with 1 when it finds something; the report is on stdout all the same.
  const { stdout } = await run.catch((error: { stdout?: string; message: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error;
    return { stdout: error.stdout };
  });
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[];
  };
  return report.diagnostics.map(({ category, location }) => ({
    category,
    path: typeof location.path === 'string' ? location.path : location.path.file,
  }));
}
