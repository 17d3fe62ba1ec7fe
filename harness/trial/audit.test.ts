import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ABSENT, FOREIGN, SEEDED, writtenValue } from '../record/history/write-ids.ts';
import { auditThrough } from './audit.ts';

async function serve(answer: RequestListener, onConnection = () => {}): Promise<string> {
  const server = createServer(answer).on('connection', onConnection);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signal = new AbortController().signal;
const clockAt = (nowUs: () => number) => ({ nowUs, wallMs: () => 0, sleep: async () => {} });
const json = (value: unknown) => JSON.stringify({ id: 'x', value, version: 2 });

test('says whose value each instance answered with, and where that came from', async () => {
  const answers: Readonly<Record<string, readonly [number, string, Record<string, string>]>> = {
    '/items/written': [200, json(writtenValue(7, 40)), { 'x-cache': 'hit' }],
    '/items/seeded': [200, json('xxxx'), { 'x-cache': 'miss' }],
    '/items/strange': [200, json('strange'), {}],
    '/items/odd': [200, json(['xxxx']), {}],
    '/items/broken': [200, '{"value":', {}],
    '/items/absent': [404, '{}', { 'x-cache': 'null' }],
    '/items/refused': [503, json(writtenValue(7, 40)), { 'x-cache': 'shed' }],
    '/items/created': [201, json(writtenValue(7, 40)), {}],
  };
  const url = await serve((request, response) => {
    const [status, body, headers] = answers[request.url ?? ''] ?? [500, '', {}];
    response.writeHead(status, headers).end(body);
  });
  const keys = Object.keys(answers).map((path) => path.slice('/items/'.length));
  const { reads } = await auditThrough([`${url}/below`], keys, { clock: clockAt(() => 0), signal });
  const found = new Map(reads.map(({ key, writeId, source }) => [key, [writeId, source]]));
  expect(Object.fromEntries(found)).toEqual({
    written: [7, 'hit'],
    seeded: [SEEDED, 'miss'],
    strange: [FOREIGN, null],
    odd: [FOREIGN, null],
    broken: [FOREIGN, null],
    absent: [ABSENT, 'null'],
    refused: [null, 'shed'],
    created: [null, null],
  });
});

test('asks every instance for every key once, a few at a time, and says when the last answer was there', async () => {
  let [answered, connections] = [0, 0];
  const asked: string[] = [];
  const answer: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    setImmediate(() => {
      answered++;
      response.end(json('x'));
    });
  };
  const onConnection = () => {
    connections++;
  };
  const urls = [await serve(answer, onConnection), await serve(answer, onConnection)];
  const keys = Array.from({ length: 50 }, (_, n) => `item-${n}`);
  const audit = await auditThrough(urls, keys, { clock: clockAt(() => answered), signal });
  expect(audit.endedAtUs).toBe(100);
  expect(connections).toBeLessThanOrEqual(2 * 8);
  expect(asked.toSorted()).toEqual(keys.flatMap((key) => [`/items/${key}`, `/items/${key}`]).toSorted());
  for (const instance of [0, 1]) {
    const own = audit.reads.filter((read) => read.instance === instance).map(({ key }) => key);
    expect(own.toSorted()).toEqual(keys.toSorted());
  }
});

test('of an instance that does not answer it is no look at all', async () => {
  const url = await serve((_, response) => response.destroy());
  await expect(auditThrough([url], ['a'], { clock: clockAt(() => 0), signal })).rejects.toMatchObject({
    code: 'E_SERVICE_LOST',
    failure: 'infrastructure',
    message: `the service at ${url} did not answer GET /items/a after the storm: other side closed`,
  });
  const silent = await serve(() => {});
  const interrupt = new AbortController();
  const looking = auditThrough([silent], ['a'], { clock: clockAt(() => 0), signal: interrupt.signal });
  interrupt.abort(new Error('interrupted'));
  await expect(looking).rejects.toThrow('interrupted');
});
