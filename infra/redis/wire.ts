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
  const replies = await new Promise<string[]>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no reply within ${TIMEOUT_MS} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('connection closed before the reply')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n');
      if (lines.length <= wanted) return;
      resolve(lines.slice(0, wanted));
      socket.destroy();
    });
    socket.write([`AUTH ${password}`, ...commands, ''].join('\r\n'));
  });
  const refused = replies.find((reply) => reply.startsWith('-'));
  if (refused !== undefined) throw new Error(`Redis answered: ${refused.slice(1)}`);
  return replies.slice(1);
}
