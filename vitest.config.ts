import { defineConfig } from 'vitest/config';
import { COMPILE_CACHE } from './ci/compile-cache.ts';

/** When a test is given up: never a judgement of speed, so far beyond what a busy machine makes of it. */
const DEADLINE = { testTimeout: 60_000, hookTimeout: 60_000 };

/** The programs that these tests start are compiled once, not at every start. */
const PROGRAMS = { globalSetup: './ci/compile-cache.ts', env: { NODE_COMPILE_CACHE: COMPILE_CACHE } };

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
          ...DEADLINE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['{infra,reports,harness/service}/**/*.integration.test.ts'],
          ...DEADLINE,
          ...PROGRAMS,
          // They wait more than they work, and measure nothing: two at a time, beside the unit tests.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['harness/**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', 'harness/service/**'],
          ...DEADLINE,
          ...PROGRAMS,
          // Real load on real servers: one file at a time, so that they do not measure each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
