import { RATE_CONNECTIONS } from '../load-case.ts';
import type { Tool } from '../tool.ts';
import { onPath } from './on-path.ts';
import { WrkOutput } from './wrk-output.ts';

export const wrk2: Tool = {
  name: 'wrk2',
  holdsRate: true,
  remedy: 'build it from its sources, and put it on the PATH as wrk2',
  limits:
    'It opens its connections one by one, 5 ms apart, and each has a schedule of its own that starts then. It throws away what it measured in its first 10 s, so runs are shorter than that here. It looks for its end every 2 s.',
  locate: (env) => onPath('wrk2', env),
  versionArgs: ['-v'],
  version: /^wrk (\S*) *\[/,
  command: (url, { ratePerSec, durationSec }) => ({
    args: [
      ...['-t', '1', '-c', String(RATE_CONNECTIONS), '-d', `${durationSec}s`],
      ...['-R', String(ratePerSec), '--latency', url],
    ],
    asked: `${ratePerSec.toLocaleString('en-US')}/s`,
  }),
  read(stdout) {
    const output = new WrkOutput('wrk2', stdout);
    // `-U` would print the uncorrected ones below: the first are those from the schedule.
    const percentile = (percent: string) =>
      output.ms(new RegExp(`^ *${percent}% +(\\S+) *$`, 'm'), `the ${percent}% line of --latency`);
    return {
      latencyMs: {
        p50: percentile('50\\.000'),
        p90: percentile('90\\.000'),
        p99: percentile('99\\.000'),
        max: percentile('100\\.000'),
      },
      answers: output.answers(),
      errors: output.errors(),
    };
  },
};
