import { defineConfig } from 'vitest/config';
import { CompatibilityReporter } from './ci/compatibility/reporter.ts';
import { COMPILE_CACHE } from './ci/compile-cache.ts';

const SLOW = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 15_000 } },
  globalSetup: './ci/compile-cache.ts',
  env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
};

/** What takes longer than `npm test` may: mishaps of whole runs, and servers that are not child processes. */
export default defineConfig({
  test: {
    reporters: ['default', new CompatibilityReporter()],
    projects: [
      {
        // `npm run test:containers`, with an engine. One file at a time, as a small machine boots one server.
        // All that docs/compatibility.md is made of is in it, on servers of this machine, too.
        test: {
          name: 'containers',
          include: ['**/*.{containers,compatibility}.test.ts', 'infra/local/database.integration.test.ts'],
          exclude: ['**/node_modules/**'],
          ...SLOW,
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // `npm run test:external`: servers of this machine, as if they were somebody else's.
        test: {
          name: 'external',
          include: ['**/*.external.test.ts'],
          exclude: ['**/node_modules/**'],
          ...SLOW,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // `npm run test:mishaps`: runs that are killed, lose a server or the disk.
        test: {
          name: 'mishaps',
          include: ['**/*.mishap.test.ts'],
          exclude: ['**/node_modules/**'],
          ...SLOW,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
