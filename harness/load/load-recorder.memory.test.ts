import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./fixtures/record-many.ts', import.meta.url));
const REQUESTS = 10_000_000;
const LIMIT_BYTES = 150e6;

/** In a process of its own: its peak is then the recorder's. */
it.each([
  { windowMs: 100, windows: 10_000 },
  { windowMs: null, windows: 0 },
])(
  'records 10 million requests in less than 150 MB: windows of $windowMs ms',
  async ({ windowMs, windows }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      MAIN,
      String(REQUESTS),
      String(windowMs),
    ]);
    const { grownBytes, ...found } = JSON.parse(stdout);
    expect(found).toMatchObject({ counts: { offered: REQUESTS, completed: REQUESTS }, windows });
    if (windowMs !== null) expect(found.inWindows).toBe(REQUESTS);
    expect(grownBytes).toBeLessThan(LIMIT_BYTES);
  },
  60_000,
);
