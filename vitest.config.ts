import { defineConfig } from 'vitest/config';

/** Real servers take their time to start. */
const SLOW = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['{infra,reports}/**/*.integration.test.ts'],
          ...SLOW,
          // They wait more than they work, and measure nothing: two at a time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['harness/**/*.integration.test.ts'],
          ...SLOW,
          // Real load on real servers: one file at a time, so that they do not measure each other.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
