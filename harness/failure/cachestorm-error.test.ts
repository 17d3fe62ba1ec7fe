import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CODED_CLASS = /class (\w+) extends (\w+) \{\s+(?:readonly )?code = '(E_\w+)'/g;

test('every error class with a code says whose failure it is', () => {
  const files = execFileSync('git', ['ls-files', 'harness/*.ts', 'infra/*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => !file.endsWith('.test.ts'));
  const classes = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(CODED_CLASS)].map(([, name, base, code]) => ({
      ...{ file, name, base, code },
    })),
  );
  expect(classes.length).toBeGreaterThan(30);
  expect(classes.filter(({ base }) => base === 'Error')).toEqual([]);
});
