/** The end of `cachestorm load` for a reader: counts first, then the latency spectrum. */
import { MISSING, significant } from '../../../reports/model/format.ts';
import { clean, pad } from '../../../reports/text.ts';
import { formatDuration } from '../duration.ts';
import type { LoadSummary, Spectrum } from './summary.ts';

const COLUMNS = {
  p50: 'p50',
  p75: 'p75',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  p9999: 'p99.99',
  max: 'max',
} as const satisfies Record<keyof Spectrum, string>;
const CELL = -8;
const LABEL = 11;

export function summaryText(summary: LoadSummary): string {
  const { neverSent } = summary;
  const lines = [
    clean(summary.url),
    loadLine(summary),
    '',
    field('requests', countsLine(summary)),
    field('rate', rateLine(summary)),
    field('statuses', tally(summary.statuses)),
    field('errors', tally(summary.errors)),
    ...(neverSent === null || neverSent === 0
      ? []
      : [field('', `${grouped(neverSent)} of the timeouts never left: all connections were busy`)]),
    field('generator', generatorLine(summary)),
    '',
    pad('  ms', LABEL + 2) +
      Object.values(COLUMNS)
        .map((name) => pad(name, CELL))
        .join(''),
    row('response', summary.responseMs),
    ...(summary.doubtful.length === 0 ? [] : [row('at least', summary.onTimeMs)]),
    row('service', summary.serviceMs),
    ...(summary.model === 'open' ? [row('send lag', summary.sendLagMs)] : []),
    '',
    ...(summary.model === 'open'
      ? [
          '  response counts from when a request should have left, service from when it did.',
          ...(summary.doubtful.length === 0 ? [] : [doubtLine(summary)]),
        ]
      : [
          '  A closed load: a stalled service is asked less, and the waits that never began are missing here.',
          '  For what users wait, use --rate.',
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function doubtLine({ doubtful }: LoadSummary): string {
  const names = doubtful.map((name) => COLUMNS[name]).join(', ');
  return `  at least: without the generator's own stalls; the truth is between the two. It matters at ${names}.`;
}

function loadLine({ model, arrivals, ratePerSec, connections, keys, seed, ...summary }: LoadSummary): string {
  const load =
    model === 'open'
      ? `open loop, ${arrivals === 'poisson' ? 'Poisson' : 'constant'} arrivals at ${grouped(ratePerSec ?? 0)}/s, up to ${grouped(connections)} connections`
      : `closed loop, ${grouped(connections)} connections`;
  const renewed = summary.keepAlive ? '' : ', each for one request';
  const asked = keys === null ? '' : `, keys ${keys}`;
  const seconds = (summary.durationMs / 1e3).toFixed(1);
  return `${load}${renewed}${asked}, ${seconds} s, timeout ${formatDuration(summary.timeoutMs)}, seed ${seed}`;
}

function countsLine({ offered, completed, failed, timeout, lost, shed }: LoadSummary): string {
  return Object.entries({ offered, completed, failed, timeout, lost, shed })
    .map(([name, count]) => `${grouped(count)} ${name}`)
    .join('  ');
}

function rateLine({ achievedRate, ratePerSec }: LoadSummary): string {
  const asked = ratePerSec === undefined ? '' : ` of ${grouped(ratePerSec)}/s`;
  return `${grouped(achievedRate)}/s completed${asked}`;
}

function generatorLine({ cpuUsPerRequest, pacerLagMs }: LoadSummary): string {
  const cpu = `${cpuUsPerRequest === null ? MISSING : significant(cpuUsPerRequest)} µs of CPU a request`;
  return pacerLagMs.p99 === null ? cpu : `${cpu}, p99 of its own lag ${significant(pacerLagMs.p99)} ms`;
}

function row(label: string, spectrum: Spectrum): string {
  const cells = Object.keys(COLUMNS).map((name) => {
    const valueMs = spectrum[name as keyof Spectrum];
    return pad(valueMs === null ? MISSING : significant(valueMs), CELL);
  });
  return field(label, cells.join(''));
}

function field(label: string, text: string): string {
  return `  ${pad(label, LABEL)}${text}`;
}

function tally(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (entries.length === 0) return 'none';
  return entries.map(([name, count]) => `${name}: ${grouped(count)}`).join('  ');
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
