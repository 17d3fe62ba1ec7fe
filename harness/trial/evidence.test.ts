import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ChangeLogError } from '../change-log/log-reader.ts';
import type { Probes } from '../probes/ground-truth.ts';
import { ProbeError } from '../probes/probe-error.ts';
import { HistoryWriter } from '../record/history/history-writer.ts';
import { kindOf } from '../record/history/operation.ts';
import { FOREIGN, SEEDED, writtenValue } from '../record/history/write-ids.ts';
import { gatherEvidence } from './evidence.ts';

const clock = { nowUs: () => 0, wallMs: () => 0, sleep: async () => {} };

/** @param database whether it answers */
function probesOf(database: Probes['database']['read']): Probes {
  const zeros = { hits: 0, misses: 0, expired: 0, evicted: 0, memoryBytes: 0, entries: 0, refused: 0 };
  return {
    clock,
    database: { read: database } as Probes['database'],
    redis: { read: async () => ({ ...zeros, takeovers: 0 }) } as unknown as Probes['redis'],
  };
}

describe('of a binary log that does not have the storm any more', () => {
  const gather = async (probes: Probes) => {
    const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const historyPath = join(folder, 'history');
    new HistoryWriter(historyPath, 0).close();
    const position = { file: 'binlog.000001', offset: 4 };
    const consistency = { quiesceMs: 0, againMs: 0 };
    const commitLog = {
      position: async () => position,
      committed: () => Promise.reject(new ChangeLogError('purged')),
      [Symbol.asyncDispose]: async () => {},
    };
    const { signal } = new AbortController();
    const written = { from: position, historyPath, urls: [], consistency };
    return gatherEvidence(written, { clock, signal, probes, commitLog });
  };

  test('says why, while the database is there', async () => {
    expect(await gather(probesOf(async () => ({ reads: 0, writes: 0 })))).toEqual({ lost: 'purged' });
  });

  test('names the database, where that is lost', async () => {
    const lost = () => Promise.reject(new ProbeError('the database', new Error('gone')));
    await expect(gather(probesOf(lost))).rejects.toThrow('the database does not answer any more: gone');
  });
});

test('looks twice at what was asked for, with rests before, and then reads what was committed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const historyPath = join(folder, 'history');
  using writer = new HistoryWriter(historyPath, 0);
  for (const key of ['b', 'a', 'b'])
    writer.record({
      ...{ key, kind: kindOf('read', 'ok'), session: 0, writeId: 0, version: 0 },
      startUs: 1,
      finishUs: 2,
    });
  writer.close();

  const steps: string[] = [];
  const server = createServer(({ url }, response) => {
    steps.push(`GET ${url}`);
    response.end(JSON.stringify({ value: 'x' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());

  let nowUs = 0;
  const [from, to] = [
    { file: 'f', offset: 1 },
    { file: 'f', offset: 9 },
  ];
  const row = (key: string, value: string, version: number) => ({ key, value, version, storedAtUs: 0 });
  const evidence = await gatherEvidence(
    {
      ...{ from, historyPath, consistency: { quiesceMs: 700, againMs: 300 } },
      urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    },
    {
      clock: {
        nowUs: () => nowUs,
        wallMs: () => 0,
        async sleep(ms) {
          steps.push(`${ms} ms`);
          nowUs += ms * 1e3;
        },
      },
      signal: new AbortController().signal,
      probes: probesOf(async () => ({ reads: 0, writes: 0 })),
      commitLog: {
        async position() {
          steps.push('position');
          return to;
        },
        async committed(first, last, onRow) {
          expect([first, last]).toEqual([from, to]);
          steps.push('commits');
          await new Promise((later) => setImmediate(later));
          for (const each of [row('b', writtenValue(5, 9), 2), row('a', 'xx', 2), row('b', 'odd', 3)])
            onRow(each);
        },
        [Symbol.asyncDispose]: async () => {},
      },
    },
  );
  if ('lost' in evidence) throw new Error(evidence.lost);
  const { audits, commits } = evidence;
  const look = ['GET /items/a', 'GET /items/b'];
  expect([steps[0], steps.slice(1, 3).sort(), steps[3], steps.slice(4, 6).sort(), ...steps.slice(6)]).toEqual(
    [...['700 ms', look, '300 ms', look, 'position', 'commits']],
  );
  expect(audits.map(({ endedAtUs, reads }) => [endedAtUs, reads.length])).toEqual([
    [700_000, 2],
    [1_000_000, 2],
  ]);
  expect(commits).toEqual({
    ...{ keys: ['b', 'a'], keyOf: [0, 1, 0], writeIds: [5, SEEDED, FOREIGN], versions: [2, 2, 3] },
  });
});
