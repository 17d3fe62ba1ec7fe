/** Writes and reads over HTTP, against a server that knows which version is the newest. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { runOpenLoop } from './open-loop.ts';

interface Seen {
  puts: number;
  gets: number;
}

/** Reads are answered with the version that `served` makes of the newest. */
async function stormOn(served: (newest: number) => number) {
  const newest = new Map<string, number>();
  const seen: Seen = { puts: 0, gets: 0 };
  const server = createServer((request, response: ServerResponse) => {
    const key = request.url ?? '';
    const version = newest.get(key) ?? 1;
    request.resume();
    if (request.method === 'PUT') {
      seen.puts++;
      newest.set(key, version + 1);
      response.writeHead(200, { 'x-version': version + 1 }).end();
    } else {
      seen.gets++;
      response.writeHead(200, { 'x-version': served(version), 'x-cache': 'hit' }).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stream = { clients: 1, valueBytes: 8 } as const;
  try {
    const report = await runOpenLoop(
      {
        targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
        load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_000 },
        durationMs: 600,
        timeoutMs: 30_000,
        maxConnections: 64,
        keys: { kind: 'hot' },
        streams: [
          { ...stream, name: 'honest', share: 0.8, operation: 'read', keys: { kind: 'uniform', count: 5 } },
          { ...stream, name: 'updates', share: 0.2, operation: 'write', keys: { kind: 'readers' } },
        ],
        seed: 5,
        windowMs: null,
      },
      { clock: systemClock, signal: new AbortController().signal, onStarted: () => undefined },
    );
    const { staleness, streams, counts } = report;
    if (staleness === undefined) throw new Error('a load that writes was not judged');
    // Exactly: nothing is lost between what was offered and what the server saw, reads and writes apart.
    expect(counts).toEqual({
      offered: seen.puts + seen.gets,
      completed: seen.puts + seen.gets,
      failed: 0,
      timeout: 0,
      lost: 0,
      shed: 0,
    });
    expect([streams?.updates?.counts.completed, streams?.honest?.counts.completed]).toEqual([
      seen.puts,
      seen.gets,
    ]);
    expect([staleness.writes, staleness.reads]).toEqual([seen.puts, seen.gets]);
    expect(staleness.afterWrite).toBeGreaterThan(100);
    return staleness;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('what reads the newest version is never stale, however requests overlap', async () => {
  const { stale, maxMs } = await stormOn((newest) => newest);
  expect([stale, maxMs]).toEqual([0, { atLeast: 0, atMost: 0 }]);
});

test('what reads the first version for ever is stale after each acknowledged write', async () => {
  const { stale, afterWrite, maxMs } = await stormOn(() => 1);
  expect(stale).toBe(afterWrite);
  // The first writes of five keys come in the first tenth of a second, on any machine within the first half.
  expect(maxMs.atLeast).toBeGreaterThan(100);
  expect(maxMs.atMost).toBeGreaterThanOrEqual(maxMs.atLeast);
});
