/** Clients that try again, against a server that keeps its own log. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { systemClock } from '../time/clock.ts';
import { runOpenLoop } from './open-loop.ts';
import type { GeneratorReport } from './protocol.ts';

const RATE_PER_SEC = 200;
const DURATION_MS = 400;
const OFFERED = (RATE_PER_SEC * DURATION_MS) / 1000;
const TIMEOUT_MS = 300;

/** Tries of each path, in the order in which they came. */
const seen = new Map<string, number>();
let answer: (response: ServerResponse, tryOfPath: number) => void;
const server = createServer((request, response) => {
  const path = request.url ?? '';
  const nth = (seen.get(path) ?? 0) + 1;
  seen.set(path, nth);
  answer(response, nth);
});

beforeEach(async () => {
  seen.clear();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function load(retries: number): Promise<GeneratorReport> {
  return runOpenLoop(
    {
      targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      load: { model: 'open', arrivals: 'constant', ratePerSec: RATE_PER_SEC },
      durationMs: DURATION_MS,
      timeoutMs: TIMEOUT_MS,
      maxConnections: 256,
      retries,
      // Each path once, so that a second request for it is a second try.
      keys: { kind: 'scan', count: 2 ** 20 },
      seed: 1,
      windowMs: null,
    },
    { clock: systemClock, signal: new AbortController().signal, onStarted: () => undefined },
  );
}

const served = () => [...seen.values()].reduce((sum, tries) => sum + tries, 0);
const ok = (response: ServerResponse) => response.end('{}');

function maxMs(encoded: string): number {
  using histogram = LatencyHistogram.decode(encoded);
  return (histogram.max ?? 0) / 1000;
}

test.each([
  ['refused', (response: ServerResponse) => response.writeHead(503, { 'x-cache': 'shed' }).end()],
  ['answered with an error', (response: ServerResponse) => response.writeHead(500).end()],
  ['cut off', (response: ServerResponse) => response.destroy()],
])('what was %s at first is offered once and completed by its second try', async (_, fail) => {
  answer = (response, nth) => (nth === 1 ? fail(response) : ok(response));
  const { counts, good, retried } = await load(2);
  expect(counts).toEqual({ offered: OFFERED, completed: OFFERED, failed: 0, timeout: 0, lost: 0, shed: 0 });
  expect([good, retried]).toEqual([OFFERED, OFFERED]);
  expect(served()).toBe(2 * OFFERED);
});

test('what timed out is tried again for another timeout; its user has waited from the first', async () => {
  answer = (response, nth) => {
    if (nth > 1) ok(response);
  };
  const { counts, retried, histograms } = await load(1);
  expect([counts.completed, counts.timeout, retried]).toEqual([OFFERED, 0, OFFERED]);
  expect(served()).toBe(2 * OFFERED);
  expect(maxMs(histograms.response)).toBeGreaterThanOrEqual(TIMEOUT_MS);
});

test('after its last try a request ends as that one did', async () => {
  answer = (response) => response.writeHead(503, { 'x-cache': 'shed' }).end();
  const { counts, retried } = await load(2);
  expect([counts.offered, counts.shed, retried]).toEqual([OFFERED, OFFERED, 2 * OFFERED]);
  expect(served()).toBe(3 * OFFERED);
});

test('and without retries none is made', async () => {
  answer = (response) => response.writeHead(500).end();
  const { counts, retried } = await load(0);
  expect([counts.failed, retried]).toEqual([OFFERED, undefined]);
  expect(served()).toBe(OFFERED);
});
