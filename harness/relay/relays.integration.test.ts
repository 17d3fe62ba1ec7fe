import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { localRabbitmq } from '../../infra/local/rabbitmq.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { queueSuite } from '../queue/queue.suite.ts';

let stack: Stack;
beforeAll(async () => {
  const signal = new AbortController().signal;
  stack = await startStack({ runId: `test-${randomUUID()}`, backends: [localRabbitmq()], signal });
});
afterAll(() => stack?.[Symbol.asyncDispose]());
beforeEach(() => stack.get('rabbitmq').flush());

describe('the queue', () => queueSuite(() => stack.get('rabbitmq').url('service')));
