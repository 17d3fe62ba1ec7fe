import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Generator } from './generator.ts';
import type { GeneratorPlan } from './protocol.ts';

const WARM_UP_MS = 500;
const WARM_UP_PER_SEC = 2_000;

/**
 * Has the generator send to a server of this process first. Its code is compiled by then: otherwise the first
 * requests would leave 100 ms late, and the service that is to be measured would seem slow. That service
 * sees none of it.
 */
export async function warmUpGenerator(
  generator: Generator,
  plan: GeneratorPlan,
  signal: AbortSignal,
): Promise<void> {
  const server = createServer((_request, response) => response.end('warm')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { progressEveryMs: _, ...quiet } = plan;
    const targets = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const load = { model: 'open', arrivals: 'constant', ratePerSec: WARM_UP_PER_SEC } as const;
    await generator.run({ ...quiet, targets, load, durationMs: WARM_UP_MS }, signal);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
