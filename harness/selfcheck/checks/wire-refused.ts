import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Check } from '../check.ts';
import { openLoad } from '../open-load.ts';

const RATE_PER_SEC = 400;
const DURATION_MS = 400;
const SCHEDULED = (RATE_PER_SEC * DURATION_MS) / 1e3;
const CONNECTIONS = 4;
/** The closed load's pause after a refused connection; a hot loop tries some 20,000 times a second. */
const PAUSE_MS = 10;

/** Nobody listens: one failure a request under an open load, and no hot loop under a closed one. */
export const wireRefused: Check = {
  name: 'wire-refused',
  shows: 'nobody listens',
  async measure({ generator, signal }) {
    const plan = openLoad(await unusedUrl(), {
      ratePerSec: RATE_PER_SEC,
      durationMs: DURATION_MS,
      timeoutMs: DURATION_MS,
    });
    const open = await generator.run(plan, signal);
    const closed = await generator.run(
      { ...plan, load: { model: 'closed', connections: CONNECTIONS } },
      signal,
    );
    const exact = { unit: '', tolerance: 0, noise: 'nothing' } as const;
    return [
      { ...exact, name: 'open failed', truth: SCHEDULED, reading: open.counts.failed },
      { ...exact, name: 'refused', truth: SCHEDULED, reading: open.errors.ECONNREFUSED ?? 0 },
      { ...exact, name: 'closed failed', truth: closed.counts.offered, reading: closed.counts.failed },
      {
        ...exact,
        name: 'attempts',
        truth: CONNECTIONS * (DURATION_MS / PAUSE_MS + 1),
        reading: closed.counts.offered,
        atMost: true,
      },
    ];
  },
};

/** The kernel hands out ports in turn: one that was just closed is not given away again at once. */
async function unusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
