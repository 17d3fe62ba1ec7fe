import { connect } from 'node:net';
import type { Host } from '../address/redis-address.ts';

const WITHIN_MS = 5_000;

/**
 * Opens a connection and closes it. A driver tells in words of its own, or not at all, why it could not even do that.
 *
 * @throws the first host's error when none of them can be reached
 */
export async function reachAny(hosts: readonly Host[]): Promise<void> {
  const failures: unknown[] = [];
  for (const host of hosts) {
    try {
      return await reach(host);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

function reach({ host, port }: Host): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error('connect ETIMEDOUT')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
