import { defineConfig } from 'vitest/config';
import { COMPILE_CACHE } from './ci/compile-cache.ts';

/** When a test is given up: never a judgement of speed, so far beyond what a busy machine makes of it. */
const DEADLINE = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } };

/** The programs that these tests start are compiled once, not at every start. */
const PROGRAMS = { globalSetup: './ci/compile-cache.ts', env: { NODE_COMPILE_CACHE: COMPILE_CACHE } };

/**
 * They wait more than they work, and what they hold true is so on a busy machine, too: counts, order, and what noise
 * can only add to. So they run several at a time, beside the unit tests.
 */
const BESIDE_OTHERS = [
  '{ci,infra,reports,harness/{change-log,faults,probes,races,relay,service}}/**/*.integration.test.ts',
  'harness/cli/{load,loads,output,report,usage,user-files}.integration.test.ts',
  'harness/load/operation-log.integration.test.ts',
  'harness/peers/compare.integration.test.ts',
  'harness/trial/consistency.integration.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            '**/*.{integration,mishap,containers,compatibility,external}.test.ts',
          ],
          ...DEADLINE,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: BESIDE_OTHERS,
          ...DEADLINE,
          ...PROGRAMS,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['harness/**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', ...BESIDE_OTHERS],
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
