/** The history of a load, held against what its server did. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { HistoryReader } from '../record/history/history-reader.ts';
import { isWrite, type KeyHistory, outcomeOf, sourceOf } from '../record/history/operation.ts';
import { ABSENT, writeIdOf } from '../record/history/write-ids.ts';
import { systemClock } from '../time/clock.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Stream } from './streams.ts';

const VALUE_BYTES = 40;
const SEEDED_VALUE = 'x'.repeat(VALUE_BYTES);
/** What the server does to each key: a reader's outcome, a writer's. */
const FATES = [
  ['answer', 'ok', 'ok'],
  ['fail', 'fail', 'info'],
  ['hang', 'info', 'info'],
  ['hang up', 'info', 'info'],
  ['miss', 'ok', 'fail'],
  ['shed', 'fail', 'fail'],
] as const;

class Rows {
  readonly written: number[] = [];
  readonly found: number[] = [];
  #value = SEEDED_VALUE;

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = Number(/\d+$/.exec(request.url ?? '')?.[0]);
    const value = await text(request);
    switch (FATES[key]?.[0]) {
      case 'answer':
        if (request.method === 'PUT') {
          this.#value = value;
          this.written.push(writeIdOf(value));
          response.writeHead(200, { 'x-version': this.written.length + 1 }).end('{}');
        } else {
          // Every fourth reader is told of the row as the dataset had it.
          const found = this.found.length % 4 === 0 ? SEEDED_VALUE : this.#value;
          this.found.push(writeIdOf(found));
          const item = JSON.stringify({ id: `item-${key}`, value: found, version: 1 });
          response.writeHead(200, { 'x-cache': 'l1' });
          // In two pieces, cut within the id.
          response.write(item.slice(0, 27));
          setImmediate(() => response.end(item.slice(27)));
        }
        return;
      case 'fail':
        response.writeHead(500).end();
        return;
      case 'hang up':
        response.destroy();
        return;
      case 'miss':
        response.writeHead(404, { 'x-cache': 'null' }).end();
        return;
      case 'shed':
        response.writeHead(503, { 'x-cache': 'shed' }).end();
    }
  }
}

const stream = (name: string, share: number, operation: Stream['operation']): Stream => ({
  ...{ name, share, operation, clients: 3, valueBytes: VALUE_BYTES },
  keys: { kind: 'scan', count: FATES.length },
});

test('a history has what each request asked for, found, and came to', async () => {
  const rows = new Rows();
  const server = createServer((request, response) => void rows.answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'operation-log-'));
  const history = join(folder, 'history.bin');
  try {
    const report = await runOpenLoop(
      {
        targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
        load: { model: 'open', arrivals: 'constant', ratePerSec: 600 },
        durationMs: 400,
        // For those that hang: a busy machine is to answer all others before.
        timeoutMs: 3_000,
        maxConnections: 256,
        keys: { kind: 'hot' },
        streams: [stream('readers', 0.5, 'read'), stream('writers', 0.5, 'write')],
        seed: 3,
        windowMs: null,
        history,
      },
      { clock: systemClock, signal: new AbortController().signal, onStarted: () => undefined },
    );
    using reader = new HistoryReader(history);
    expect(reader.startedAtUs).toBe(report.startedAtUs);
    expect(reader.count).toBe(report.counts.offered - (report.neverSent ?? 0));
    expect(report.operations).toBe(reader.count);
    const outcomes = (keyHistory: KeyHistory, write: boolean): string[] => [
      ...new Set([...keyHistory.kinds].filter((kind) => isWrite(kind) === write).map(outcomeOf)),
    ];
    for (const [key, [, ofReads, ofWrites]] of FATES.entries()) {
      const operations = reader.operationsOf(`item-${key}`);
      expect(outcomes(operations, false), `reads of item-${key}`).toEqual([ofReads]);
      expect(outcomes(operations, true), `writes of item-${key}`).toEqual([ofWrites]);
      const inOrder = operations.startsUs.every(
        (startUs, index) => startUs <= Number(operations.finishesUs[index]),
      );
      expect(inOrder).toBe(true);
    }
    const { kinds, writeIds, versions, sessions } = reader.operationsOf('item-0');
    const idsOf = (write: boolean) => [
      ...writeIds.filter((_, index) => isWrite(Number(kinds[index])) === write),
    ];
    const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);
    expect(sorted(idsOf(true))).toEqual(sorted(rows.written));
    expect(sorted(idsOf(false))).toEqual(sorted(rows.found));
    expect(new Set(rows.written).size).toBe(rows.written.length);
    expect(reader.ownerOf(Number(rows.written[0]))).toBe('item-0');
    expect(rows.found.includes(0) && rows.found.some((id) => id > 0)).toBe(true);
    expect(sorted([...versions].filter((version) => version > 0))).toEqual(
      rows.written.map((_, index) => index + 2),
    );
    expect([...new Set(sessions)].sort()).toEqual([1, 2, 3]);
    const sources = new Set([...kinds].filter((kind) => !isWrite(kind)).map(sourceOf));
    expect([...sources]).toEqual(['l1']);
    const missing = reader.operationsOf('item-4');
    const found = missing.writeIds.filter((_, index) => !isWrite(Number(missing.kinds[index])));
    expect([...new Set(found)]).toEqual([ABSENT]);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});
