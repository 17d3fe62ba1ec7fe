import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Gives a port on loopback that was free a moment ago. */
export type PickPort = () => Promise<number>;

const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS = 100;

/**
 * A random free port of 127.0.0.1 below the kernel's ephemeral range.
 *
 * A load test opens thousands of outgoing connections, whose local ports come from that range: a server that
 * is killed and restarted on a port of it would find the port taken by a client's connection.
 *
 * @throws Error when a hundred ports in a row are taken.
 */
export async function pickFreePort(): Promise<number> {
  const end = Math.max(LOWEST + 2_000, Math.min(HIGHEST, (await ephemeralStart()) - 1));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, end);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${end} on 127.0.0.1 in ${ATTEMPTS} attempts`);
}

/** Whether the end of a server's log says that its port was taken by someone else. */
export function saysAddressInUse(logTail: string): boolean {
  return /address already in use|eaddrinuse|port .* already in use|port_already_used/i.test(logTail);
}

async function ephemeralStart(): Promise<number> {
  try {
    const [start] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).trim().split(/\s+/);
    return Number(start);
  } catch {
    // macOS and the BSDs start at 49152.
    return 49_152;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
