import { defineConfig } from 'vitest/config';
import { COMPILE_CACHE } from './ci/compile-cache.ts';

/** What needs a container engine: `npm run test:containers`. One file at a time, as a small machine boots one server. */
export default defineConfig({
  test: {
    name: 'containers',
    include: ['**/*.containers.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: './ci/compile-cache.ts',
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
    fileParallelism: false,
  },
});
