/** How the HTTP contract is made of a strategy's answers; with real servers behind it: service.integration.test.ts. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { ReadRequest, ReadStrategy } from '../../scenarios/strategies/strategy.ts';
import { buildApp } from './app.ts';

const ITEM = { id: 'a', value: 'v', version: 3, loadedAtMs: 1_000 };

function appOf(reader: ReadStrategy) {
  return buildApp({ reader, writer: { put: async () => 4 }, wallMs: () => 1_250 });
}

test.each([
  ['a hit', { item: ITEM, outcome: 'hit' }, 200],
  ['nothing', { item: null, outcome: 'null' }, 404],
  ['a refusal', { item: null, outcome: 'shed' }, 503],
  ['no room', { item: null, outcome: 'shed', refusal: 'overload' }, 503],
  ['too many of this client', { item: null, outcome: 'shed', refusal: 'client-limit' }, 429],
] as const)('%s', async (_, result, status) => {
  const answer = await appOf({ get: async () => result }).inject('/items/a');
  expect([answer.statusCode, answer.headers['x-cache']]).toEqual([status, result.outcome]);
  expect(answer.headers['x-age-ms']).toBe(status === 200 ? '250' : undefined);
});

test('the client is who it says, else where it calls from', async () => {
  const clients: string[] = [];
  const app = appOf({
    async get(_, { client }) {
      clients.push(client);
      return { item: ITEM, outcome: 'hit' };
    },
  });
  await app.inject({ url: '/items/a', headers: { 'x-client-id': 'shop-7' } });
  await app.inject({ url: '/items/a', remoteAddress: '127.0.0.9' });
  expect(clients).toEqual(['shop-7', '127.0.0.9']);
});

test('the read strategy hears of a row written through its process, after the write', async () => {
  const order: string[] = [];
  const app = buildApp({
    reader: {
      get: async () => ({ item: null, outcome: 'miss' }),
      async written(key) {
        order.push(`written ${key}`);
      },
    },
    writer: {
      async put(key) {
        order.push(`put ${key}`);
        return 1;
      },
    },
    wallMs: () => 0,
  });
  const answer = await app.inject({ method: 'PUT', url: '/items/new', payload: { value: 'v' } });
  expect(answer.json()).toEqual({ id: 'new', version: 1 });
  expect(order).toEqual(['put new', 'written new']);
});

test('the signal of a read is aborted when its client hangs up, and not before', async () => {
  const asked = Promise.withResolvers<ReadRequest>();
  const finish = Promise.withResolvers<void>();
  const app = appOf({
    async get(_, read) {
      asked.resolve(read);
      await finish.promise;
      return { item: ITEM, outcome: 'hit' };
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const { port } = app.server.address() as AddressInfo;
    const calling = request({ host: '127.0.0.1', port, path: '/items/a' }).end();
    calling.on('error', () => undefined);
    const { signal } = await asked.promise;
    expect(signal.aborted).toBe(false);
    const hungUp = new Promise((resolve) => signal.addEventListener('abort', resolve));
    calling.destroy();
    await hungUp;
  } finally {
    finish.resolve();
    await app.close();
  }
});
