/** A load of several streams against a server that keeps its own log. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Stream } from './streams.ts';

interface Logged {
  readonly method: string;
  readonly path: string;
  readonly client: string;
  readonly body: string;
}

test('each stream’s requests reach the server as planned, and are counted apart', async () => {
  const log: Logged[] = [];
  const rows = new Set<string>();
  const server = createServer(async (request: IncomingMessage, response) => {
    const { method = '', url: path = '', headers } = request;
    log.push({ method, path, client: String(headers['x-client-id']), body: await text(request) });
    if (method === 'PUT') rows.add(path);
    // Every tenth client of the flood is refused; the item with the number 3 is denied, although it exists.
    const refused = headers['x-client-id'] === 'flood-0';
    const known = /item-[012]$/.test(path) || rows.has(path);
    response.writeHead(refused ? 429 : known ? 200 : 404, refused ? { 'x-cache': 'shed' } : {}).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stream = (name: string, share: number, rest: Partial<Stream>): Stream => ({
    name,
    share,
    operation: 'read',
    keys: { kind: 'uniform', count: 4 },
    clients: 1,
    valueBytes: 8,
    ...rest,
  });
  try {
    const report = await runOpenLoop(
      {
        targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
        load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_000 },
        durationMs: 600,
        timeoutMs: 5_000,
        maxConnections: 64,
        keys: { kind: 'hot' },
        streams: [
          stream('honest', 0.4, {}),
          stream('flood', 0.3, { keys: { kind: 'missing', count: 5 }, clients: 10 }),
          stream('inserts', 0.1, { operation: 'write', keys: { kind: 'new' } }),
          stream('fresh', 0.2, { keys: { kind: 'inserted' } }),
        ],
        seed: 5,
        windowMs: null,
      },
      { clock: systemClock, signal: new AbortController().signal, onStarted: () => undefined },
    );
    const by = (name: string) => log.filter(({ client }) => client.startsWith(`${name}-`));
    expect(log).toHaveLength(report.counts.offered);
    for (const name of ['honest', 'flood', 'inserts', 'fresh']) {
      expect(report.streams?.[name]?.counts.offered, name).toBe(by(name).length);
    }
    const { honest, flood, inserts, fresh } = report.streams ?? {};
    expect(honest?.falseNotFound).toBe(by('honest').filter(({ path }) => path.endsWith('item-3')).length);
    expect(honest?.falseNotFound).toBeGreaterThan(0);
    expect(flood?.counts.shed).toBe(by('flood').filter(({ client }) => client === 'flood-0').length);
    expect(flood?.good).toBe(flood?.counts.completed);
    expect(flood?.distinctKeys).toBe(new Set(by('flood').map(({ path }) => path)).size);
    expect(inserts?.good).toBe(inserts?.counts.offered);
    expect(by('inserts').every(({ method, body }) => method === 'PUT' && body === 'wwwwwwww')).toBe(true);
    expect(new Set(by('inserts').map(({ path }) => path)).size).toBe(by('inserts').length);
    // Whatever it read was there by then.
    expect(fresh?.good).toBe(fresh?.counts.offered);
    const { counts } = report;
    const sum = (pick: (name: string) => number) =>
      Object.keys(report.streams ?? {}).reduce((total, name) => total + pick(name), 0);
    expect(sum((name) => report.streams?.[name]?.counts.shed ?? 0)).toBe(counts.shed);
    expect(sum((name) => report.streams?.[name]?.counts.completed ?? 0)).toBe(counts.completed);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
