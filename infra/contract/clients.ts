// One client a kind of server, as the contract suite needs it.
import { randomUUID } from 'node:crypto';
import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { BackendKind } from '../backend.ts';

/** An open connection to a backend that can do the same two things whatever the backend. */
export interface TestClient extends AsyncDisposable {
  /** Adds one item that `flush` is to remove. */
  put(): Promise<void>;
  /** How many items there are. */
  count(): Promise<number>;
}

export const CLIENTS: Readonly<Record<BackendKind, (url: string) => Promise<TestClient>>> = {
  redis: connectRedis,
  database: connectDatabase,
  rabbitmq: connectRabbitmq,
};

async function connectRedis(url: string): Promise<TestClient> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  await client.connect();
  return {
    put: async () => void (await client.set(`item:${randomUUID()}`, 'x')),
    count: () => client.dbsize(),
    [Symbol.asyncDispose]: async () => client.disconnect(),
  };
}

async function connectDatabase(url: string): Promise<TestClient> {
  const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
  connection.on('error', () => {});
  await connection.query('CREATE TABLE IF NOT EXISTS items (id INT AUTO_INCREMENT PRIMARY KEY, v INT)');
  return {
    put: async () => void (await connection.query('INSERT INTO items (v) VALUES (1)')),
    async count() {
      const [rows] = await connection.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM items');
      return Number(rows[0]?.n);
    },
    [Symbol.asyncDispose]: async () => connection.destroy(),
  };
}

async function connectRabbitmq(url: string): Promise<TestClient> {
  const connection = await connectAmqp(url);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return {
    async put() {
      await channel.assertQueue('items', { durable: true });
      channel.sendToQueue('items', Buffer.from('x'), { persistent: true });
      await channel.waitForConfirms();
    },
    count: async () => (await channel.assertQueue('items', { durable: true })).messageCount,
    // A killed broker has closed it already.
    [Symbol.asyncDispose]: () => connection.close().catch(() => {}),
  };
}
