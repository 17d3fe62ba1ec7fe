import { expect, test } from 'vitest';
import { BackendStoppedError } from '../../infra/errors.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { asking } from './probe-error.ts';

const failing = (error: unknown) => asking('RabbitMQ', () => Promise.reject(error)).catch((thrown) => thrown);

test.each([
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5672'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
  new Error('the connection to the broker was closed'),
])('an error of a driver names the server, and is the infrastructure’s: %s', async (cause) => {
  const error = await failing(cause);
  expect(error).toMatchObject({ code: 'E_PROBE', failure: 'infrastructure', cause });
  expect(error.message).toBe(`RabbitMQ does not answer any more: ${cause.message}`);
});

test('a server that says no is not called lost', async () => {
  const redis = Object.assign(new Error('NOPERM no permission'), { name: 'ReplyError' });
  expect((await failing(redis)).message).toContain('refuses what the harness asks: NOPERM');
  const database = Object.assign(new Error('Access denied'), { sqlState: '42000', fatal: false });
  expect((await failing(database)).message).toContain('refuses what the harness asks: Access denied');
});

test('what has a class of ours stays, and a bug stays a bug', async () => {
  const stopped = new BackendStoppedError('rabbitmq', 'flush');
  expect(await failing(stopped)).toBe(stopped);
  const bug = new TypeError('x is undefined');
  expect(await failing(bug)).toBe(bug);
  expect(bug).not.toBeInstanceOf(CachestormError);
});
