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

/** What is written while the events come. */
function shown(where: string, events: readonly RunEvent[]): string {
  vi.stubEnv('CI', where === 'a log' ? 'true' : undefined);
  const stream = Object.assign(new PassThrough(), { isTTY: where === 'a terminal', columns: 200, rows: 50 });
  const view = openProgress(stream as unknown as NodeJS.WriteStream, {
    nowUs: () => 0,
    wallMs: () => 0,
    sleep: async () => {},
  });
  for (const event of events) view.onEvent(event);
  view.close();
  return String(stream.read());
}

test.each(['a terminal', 'a log'])('on %s every mishap is told in a line that stays', (where) => {
  const text = shown(where, MISHAPS);
  expect(text).toContain('ended and removed what run earlier had left behind\n');
  expect(text).toMatch(/the guardian has ended before its time.*\n/);
  expect(text).toContain('could not clean up redis: stuck\n');
});

test.each(['a terminal', 'a log'])('on %s no line shows a password, or drives the terminal', (where) => {
  vi.stubEnv('REDIS_URL', 'redis://user:tooSecret@10.0.0.1');
  const text = shown(where, [
    {
      atUs: 0,
      type: 'clean-up-failed',
      what: 'redis',
      reason: 'AUTH user tooSecret at redis://user:other@h',
    },
    { atUs: 1, type: 'interrupted', reason: 'tooSecret\u202e' },
  ]);
  expect(text).toContain('could not clean up redis: AUTH user **** at redis://****@h\n');
  expect(text).toContain('****\\u{202e}: undoing everything');
  expect(text).not.toMatch(/tooSecret|other@/);
});
