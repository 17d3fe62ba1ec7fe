import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../events.ts';
import { openProgress } from './progress.ts';

afterEach(() => vi.unstubAllEnvs());

const MISHAPS: readonly RunEvent[] = [
  { atUs: 0, type: 'stale-run-swept', runId: 'earlier' },
  { atUs: 1, type: 'guardian-lost' },
  { atUs: 2, type: 'clean-up-failed', what: 'redis', reason: 'stuck' },
];

test.each(['a terminal', 'a log'])('on %s every mishap is told in a line that stays', (where) => {
  vi.stubEnv('CI', where === 'a log' ? 'true' : undefined);
  const stream = Object.assign(new PassThrough(), { isTTY: where === 'a terminal', columns: 200, rows: 50 });
  const view = openProgress(stream as unknown as NodeJS.WriteStream, {
    nowUs: () => 0,
    wallMs: () => 0,
    sleep: async () => {},
  });
  for (const event of MISHAPS) view.onEvent(event);
  view.close();
  const text = String(stream.read());
  expect(text).toContain('ended and removed what run earlier had left behind\n');
  expect(text).toMatch(/the guardian has ended before its time.*\n/);
  expect(text).toContain('could not clean up redis: stuck\n');
});
