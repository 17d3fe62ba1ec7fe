/** The keys of a load, drawn again, against a server that keeps its own log. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { drawnKeys } from './drawn-keys.ts';
import type { KeyPopularity } from './keys.ts';
import { type OpenPlan, runOpenLoop } from './open-loop.ts';
import type { Stream } from './streams.ts';

const log: string[] = [];
const server = createServer((request, response) => {
  log.push((request.url ?? '').replace('/items/', ''));
  response.end();
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  log.length = 0;
});

const POPULAR: KeyPopularity = { kind: 'zipf', count: 500, exponent: 0.99 };
const popular: Stream = {
  name: 'popular',
  share: 0.8,
  operation: 'read',
  keys: POPULAR,
  clients: 1,
  valueBytes: 8,
};
const scan: Stream = { ...popular, name: 'scan', share: 0.2, keys: { kind: 'scan', count: 40 } };

test.each([
  ['of a load of one kind', {}],
  ['of several streams', { streams: [popular, scan] }],
])('are those that the server saw, in their order: %s', async (_, more) => {
  const plan: OpenPlan = {
    targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    load: { model: 'open', arrivals: 'poisson', ratePerSec: 800 },
    durationMs: 500,
    timeoutMs: 30_000,
    // One after the other: the order of the requests is that of the log.
    maxConnections: 1,
    keys: { kind: 'zipf', count: 200, exponent: 1.2, shiftEvery: 90 },
    seed: 11,
    windowMs: null,
    ...more,
  };
  const { counts } = await runOpenLoop(plan, {
    clock: systemClock,
    signal: new AbortController().signal,
    onStarted: () => undefined,
  });
  expect(log.length).toBeGreaterThan(100);
  expect(drawnKeys(plan, counts.offered)).toEqual(log);
});

test.each<[string, Partial<Stream>]>([
  ['writes', { operation: 'write' }],
  ['inserts', { operation: 'write', keys: { kind: 'new' } }],
  ['reads of what is inserted', { keys: { kind: 'inserted' } }],
  ['reads of what does not exist', { keys: { kind: 'missing', count: 3 } }],
])('are not to be told when a part of the load is %s', (_, part) => {
  const streams = [popular, { ...scan, ...part }];
  expect(drawnKeys({ keys: POPULAR, streams, seed: 1 }, 10)).toBeNull();
});
