import { z } from 'zod';
import type { LoadCase } from '../load-case.ts';
import type { Tool } from '../tool.ts';
import { jsonOutput } from './json-output.ts';
import { onPath } from './on-path.ts';

/** The object that `handleSummary` is given, with the trend statistics that the script asks for. */
const outputSchema = z.object({
  metrics: z.object({
    http_req_duration: z.object({
      values: z.object({ med: z.number(), 'p(90)': z.number(), 'p(99)': z.number(), max: z.number() }),
    }),
    http_reqs: z.object({ values: z.object({ count: z.number() }) }),
    http_req_failed: z.object({ values: z.object({ passes: z.number() }) }),
    /** Only when there were some: no virtual user was free. */
    dropped_iterations: z.object({ values: z.object({ count: z.number() }) }).optional(),
  }),
});

export const k6: Tool = {
  name: 'k6',
  holdsRate: true,
  remedy: 'install it from its own packages, and put it on the PATH as k6',
  limits:
    'It needs a virtual user for each request on its way, and drops what finds none. `http_req_duration` counts from the send, so that what it sends late does not show. A request costs a turn of its JavaScript engine.',
  locate: (env) => onPath('k6', env),
  versionArgs: ['version'],
  version: /k6(?:\.exe)? v(\S+)/,
  command: (url, loadCase) => ({
    args: ['run', '--quiet', '-'],
    // Else it would report its use to its makers: nothing here leaves the machine.
    env: { K6_NO_USAGE_REPORT: 'true' },
    input: script(url, loadCase),
    asked: `${loadCase.ratePerSec.toLocaleString('en-US')}/s`,
  }),
  read(stdout) {
    const { metrics } = jsonOutput('k6', stdout, outputSchema);
    const { med, 'p(90)': p90, 'p(99)': p99, max } = metrics.http_req_duration.values;
    const answers = metrics.http_reqs.values.count;
    // `passes` of http_req_failed are the requests of which it is true that they failed, those with an answer of
    // a bad status as well.
    const failed = metrics.http_req_failed.values.passes;
    return {
      latencyMs: { p50: med, p90, p99, max },
      answers: answers - failed,
      errors: failed + (metrics.dropped_iterations?.values.count ?? 0),
    };
  },
};

function script(url: string, { ratePerSec, durationSec, inFlight }: LoadCase): string {
  const options = {
    discardResponseBodies: true,
    summaryTrendStats: ['med', 'p(90)', 'p(99)', 'max'],
    scenarios: {
      peers: {
        executor: 'constant-arrival-rate',
        rate: ratePerSec,
        timeUnit: '1s',
        duration: `${durationSec}s`,
        preAllocatedVUs: inFlight,
        maxVUs: inFlight,
      },
    },
  };
  return `import http from 'k6/http';
export const options = ${JSON.stringify(options)};
export default function () { http.get(${JSON.stringify(url)}); }
export function handleSummary(data) { return { stdout: JSON.stringify(data) }; }
`;
}
