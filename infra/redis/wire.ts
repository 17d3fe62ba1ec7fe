import { connect } from 'node:net';

const TIMEOUT_MS = 5_000;

/**
 * Sends inline commands over a connection of its own and returns their replies, one line each.
 *
 * Enough for PING and FLUSHALL, and without the reconnects, queues and retries of a real client, each of
 * which would hide the very thing that is asked here: does it answer now.
 *
 * @throws Error on an error reply, a refused or lost connection, or 5 s of silence.
 */
export async function redisCommands(
  port: number,
  password: string,
  commands: readonly string[],
): Promise<string[]> {
  const wanted = commands.length + 1;
  const replies = await exchange(port, [`AUTH ${password}`, ...commands], (text) => {
    const lines = text.split('\r\n');
    return lines.length > wanted ? lines.slice(0, wanted) : undefined;
  });
  const refused = replies.find((reply) => reply.startsWith('-'));
  if (refused !== undefined) throw new Error(`Redis answered: ${refused.slice(1)}`);
  return replies.slice(1);
}

export interface RedisIdentity {
  readonly product: 'redis' | 'valkey';
  readonly version: string;
}

/**
 * Asks a server what it is. Valkey gives itself out as Redis 7.2.4, too, for the sake of old clients.
 *
 * @throws Error as `redisCommands` does.
 */
export async function redisIdentity(port: number, password: string): Promise<RedisIdentity> {
  const text = await exchange(port, [`AUTH ${password}`, 'INFO server'], (received) => {
    // An error ends the exchange; else a bulk reply begins with its length.
    if (/^-/m.test(received) && received.endsWith('\r\n')) return received;
    const start = /^\$(\d+)\r\n/m.exec(received);
    const length = Number(start?.[1]);
    return start !== null && received.length >= start.index + start[0].length + length ? received : undefined;
  });
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
  const valkey = field('valkey_version');
  const redis = field('redis_version');
  if (valkey !== undefined) return { product: 'valkey', version: valkey };
  if (redis !== undefined) return { product: 'redis', version: redis };
  throw new Error(`Redis answered: ${/^-(.*)/m.exec(text)?.[1] ?? 'no version'}`);
}

/** @param complete gives the result once enough was received */
function exchange<T>(
  port: number,
  lines: readonly string[],
  complete: (received: string) => T | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no reply within ${TIMEOUT_MS} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('connection closed before the reply')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const result = complete(text);
      if (result === undefined) return;
      resolve(result);
      socket.destroy();
    });
    socket.write([...lines, ''].join('\r\n'));
  });
}
