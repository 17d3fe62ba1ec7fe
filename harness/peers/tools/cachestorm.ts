import { z } from 'zod';
import { sum } from '../../analysis/statistics/summary.ts';
import type { Tool } from '../tool.ts';
import { jsonOutput } from './json-output.ts';

const outputSchema = z.object({
  responseMs: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  statuses: z.record(z.string(), z.number()),
  errors: z.record(z.string(), z.number()),
  timeout: z.number(),
  lost: z.number(),
});

/** `cachestorm load` as a user runs it, a process like the others. */
export function cachestorm(main: string): Tool {
  return {
    name: 'cachestorm',
    holdsRate: true,
    remedy: 'it is this repository',
    limits:
      'One process, one core, JavaScript: a request costs more CPU than one of a generator in C. It sends at ticks of a millisecond and counts from the schedule, so its readings lie about that much above the server’s log; and its thousand ticks a second cost CPU of their own, which shows most at low rates.',
    locate: async () => [process.execPath, main],
    versionArgs: ['--version'],
    version: /^(\S+)/,
    // 4: late itself. Its figures count all the same, as those of the tools do that do not tell.
    exitCodes: [4],
    command: (url, { ratePerSec, durationSec, inFlight }) => ({
      args: [
        ...['load', url, '--rate', String(ratePerSec), '--duration', `${durationSec}s`],
        ...['--connections', String(inFlight), '--json'],
      ],
      asked: `${ratePerSec.toLocaleString('en-US')}/s`,
    }),
    read(stdout) {
      const output = jsonOutput('cachestorm', stdout, outputSchema);
      const { responseMs, statuses, errors, timeout, lost } = output;
      return {
        latencyMs: responseMs,
        answers: sum(Object.values(statuses)),
        errors: sum(Object.values(errors)) + timeout + lost,
      };
    },
  };
}
