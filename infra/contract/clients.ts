// One client a kind of server, as the contract suite needs it.
import { randomUUID } from 'node:crypto';
import { connect as connectAmqp } from 'amqplib';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { amqpAddress } from '../address/amqp-address.ts';
import { mysqlOptions } from '../address/mysql-address.ts';
import { redisClient } from '../address/redis-client.ts';
import type { BackendKind } from '../backend.ts';

/** An open connection to a backend that can do the same two things whatever the backend. */
export interface TestClient extends AsyncDisposable {
  /** Adds one item that `flush` is to remove. */
  put(): Promise<void>;
  /** How many items there are. */
  count(): Promise<number>;
}

export const CLIENTS: Readonly<Record<BackendKind, (url: string, prefix?: string) => Promise<TestClient>>> = {
  redis: connectRedis,
  database: connectDatabase,
  rabbitmq: connectRabbitmq,
};

async function connectRedis(url: string, prefix = ''): Promise<TestClient> {
  const client = redisClient(url, { retryStrategy: null, maxRetriesPerRequest: 0 });
  await client.connect();
  const item = (name: string) => `${prefix}item:${name}`;
  return {
    put: async () => void (await client.set(item(randomUUID()), 'x')),
    count: async () => (await client.keys('*')).filter((key) => key.startsWith(item(''))).length,
    [Symbol.asyncDispose]: async () => client.disconnect(),
  };
}

async function connectDatabase(url: string): Promise<TestClient> {
  const connection = await createConnection({ ...mysqlOptions(url), connectTimeout: 5_000 });
  connection.on('error', () => {});
  // With the columns of the harness's own: an external backend takes no others for the run's.
  await connection.query(
    'CREATE TABLE IF NOT EXISTS items (id INT AUTO_INCREMENT PRIMARY KEY, value INT, version INT, stored_us INT)',
  );
  return {
    put: async () => void (await connection.query('INSERT INTO items (value) VALUES (1)')),
    async count() {
      const [rows] = await connection.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM items');
      return Number(rows[0]?.n);
    },
    [Symbol.asyncDispose]: async () => connection.destroy(),
  };
}

async function connectRabbitmq(url: string, prefix = ''): Promise<TestClient> {
  const queue = `${prefix}changes`;
  const address = amqpAddress(url, 0);
  const connection = await connectAmqp(address.url, address.socketOptions);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return {
    async put() {
      await channel.assertQueue(queue, { durable: true });
      channel.sendToQueue(queue, Buffer.from('x'), { persistent: true });
      await channel.waitForConfirms();
    },
    count: async () => (await channel.assertQueue(queue, { durable: true })).messageCount,
    // A killed broker has closed it already.
    [Symbol.asyncDispose]: () => connection.close().catch(() => {}),
  };
}
