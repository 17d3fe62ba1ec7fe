// What the tests of the local backends share: clients that answer one question, and a look at the kernel's books.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Backend, BackendKind } from '../backend.ts';
import { localDatabase } from './database.ts';
import type { Program } from './find/programs.ts';
import type { LocalOptions } from './local-server.ts';
import { localRabbitmq } from './rabbitmq.ts';
import { localRedis } from './redis.ts';

/** An open connection to a backend that can do the same three things whatever the backend. */
export interface TestClient extends AsyncDisposable {
  /** Adds one item that `flush` is to remove. */
  put(): Promise<void>;
  /** How many items there are. */
  count(): Promise<number>;
}

export interface BackendUnderTest {
  readonly kind: BackendKind;
  make(options?: LocalOptions & { program?: Program; templatePath?: string }): Backend;
  connect(url: string): Promise<TestClient>;
}

export const BACKENDS: readonly BackendUnderTest[] = [
  { kind: 'redis', make: (options) => localRedis(options as never), connect: connectRedis },
  { kind: 'database', make: (options) => localDatabase(options as never), connect: connectDatabase },
  { kind: 'rabbitmq', make: (options) => localRabbitmq(options as never), connect: connectRabbitmq },
];

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

/** Polls until `observe` gives something else than false or undefined, for 10 s at most. */
export async function eventually<T>(observe: () => T | Promise<T>, what: string, withinMs = 10_000) {
  const attempts = withinMs / 10;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seen = await observe();
    if (seen !== false && seen !== undefined) return seen;
    await delay(10);
  }
  throw new Error(`not seen within ${withinMs} ms: ${what}`);
}

/** The one-letter state of a process (`T` stopped, `S` asleep, `R` running), undefined when it is gone. */
export function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/** Every process's command line, joined by blanks. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

/** The local addresses, in the kernel's hexadecimal, that the given processes listen on by TCP. */
export function listeningAddresses(pids: readonly number[]): string[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
