import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { redisProbeSuite } from './redis.suite.ts';

let stack: Stack;
beforeAll(async () => {
  const signal = new AbortController().signal;
  stack = await startStack({ runId: `test-${randomUUID()}`, backends: [localRedis()], signal });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

redisProbeSuite(() => stack.get('redis'));
