import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localDatabase } from '../../infra/local/database.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { systemClock } from '../time/clock.ts';
import { changeLogSuite } from './change-log.suite.ts';
import { LogFollower } from './log-follower.ts';

let stack: Stack;
beforeAll(async () => {
  const signal = new AbortController().signal;
  stack = await startStack({ runId: `test-${randomUUID()}`, backends: [localDatabase()], signal });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

changeLogSuite(() => stack);

test('gives up a log that it never gets to follow, and says why', async () => {
  const end = new AbortController();
  const lost: unknown[] = [];
  const url = new URL(stack.get('database').url('relay'));
  url.password = 'wrong';
  const starting = LogFollower.start({
    url: url.href,
    from: { file: 'binlog.000001', offset: 4 },
    tables: ['items'],
    onCommit: () => undefined,
    onConnected: () => undefined,
    onLost: (cause) => lost.push(cause),
    firstWithinMs: 1_000,
    clock: systemClock,
    signal: end.signal,
  });
  await expect(starting).rejects.toMatchObject({
    code: 'E_CHANGE_LOG',
    message: expect.stringMatching(/can't be followed within 1 s: .*denied/),
  });
  expect(lost.length).toBeGreaterThan(1);
  end.abort();
});
