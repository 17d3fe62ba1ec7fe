import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { localDatabase } from '../../infra/local/database.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { changeLogSuite } from './change-log.suite.ts';

let stack: Stack;
beforeAll(async () => {
  const signal = new AbortController().signal;
  stack = await startStack({ runId: `test-${randomUUID()}`, backends: [localDatabase()], signal });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

changeLogSuite(() => stack);
