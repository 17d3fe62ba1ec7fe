import type { Tool } from '../tool.ts';
import { onPath } from './on-path.ts';
import { WrkOutput } from './wrk-output.ts';

export const wrk: Tool = {
  name: 'wrk',
  holdsRate: false,
  remedy: 'apt-get install wrk',
  limits:
    'Closed loop only: it has no rate, and sends as fast as its connections are answered, so a server that stops is asked nothing meanwhile. After the run it adds made-up samples for the requests that it did not send, at the mean interval of a connection over the whole run: near a stall’s truth when it was about to send at the right rate anyway.',
  locate: (env) => onPath('wrk', env),
  versionArgs: ['-v'],
  version: /^wrk (\S+)/,
  command: (url, { durationSec, closedConnections }) => ({
    args: ['-t', '1', '-c', String(closedConnections), '-d', `${durationSec}s`, '--latency', url],
    asked: `no rate: ${closedConnections} ${closedConnections === 1 ? 'connection' : 'connections'}`,
  }),
  read(stdout) {
    const output = new WrkOutput('wrk', stdout);
    const percentile = (percent: number) =>
      output.ms(new RegExp(`^ *${percent}% +(\\S+) *$`, 'm'), `the ${percent}% line of --latency`);
    return {
      latencyMs: {
        p50: percentile(50),
        p90: percentile(90),
        p99: percentile(99),
        max: output.ms(/^ *Latency +\S+ +\S+ +(\S+) /m, 'the line "Latency" with its maximum'),
      },
      answers: output.answers(),
      errors: output.errors(),
    };
  },
};
