import { createRequire } from 'node:module';
import { z } from 'zod';
import { RATE_CONNECTIONS } from '../load-case.ts';
import type { Tool } from '../tool.ts';
import { jsonOutput } from './json-output.ts';

const outputSchema = z.object({
  latency: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  requests: z.object({ total: z.number() }),
  errors: z.number(),
});

/** In its rate mode, with the defaults of its command. */
export const autocannon: Tool = {
  name: 'autocannon',
  holdsRate: true,
  remedy: 'npm ci',
  limits:
    'Its rate mode sends each connection’s share of a second back to back at the start of the second. It corrects for coordinated omission with an expected interval of 1 ms whatever the rate is, so that each slow answer adds made-up samples below it; `--ignoreCoordinatedOmission` leaves them out, and the stall with them. Whole milliseconds.',
  locate: async () => [process.execPath, createRequire(import.meta.url).resolve('autocannon')],
  versionArgs: ['--version'],
  version: /v(\S+)/,
  command: (url, { ratePerSec, durationSec }) => ({
    args: [
      ...['--json', '--no-progress', '--connections', String(RATE_CONNECTIONS)],
      ...['--overallRate', String(ratePerSec), '--duration', String(durationSec), url],
    ],
    asked: `${ratePerSec.toLocaleString('en-US')}/s`,
  }),
  read(stdout) {
    const { latency, requests, errors } = jsonOutput('autocannon', stdout, outputSchema);
    return { latencyMs: latency, answers: requests.total, errors };
  },
};
