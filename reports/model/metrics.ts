/** What each metric is called in a report, and how its number is measured. */
import { isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type { Metric } from '../../harness/result/schema.ts';

export interface MetricNotes {
  readonly label: string;
  readonly measured: string;
}

const ISSUED = 'by the load generator';

const NOTES: Readonly<Record<string, MetricNotes>> = {
  'db.reads': {
    label: 'Database reads',
    measured:
      "SELECT statements of the service's own database user during the storm, from the database server's counters. Warm-up and our own probes are not in it.",
  },
  'db.loadsPerExpiry': {
    label: 'Loads per expiry',
    measured:
      'Database reads divided by the number of times that the hot entry expired during the storm. Where it is renewed before that, a renewal counts: all loads that began before the first of them wrote the entry.',
  },
  'db.hitRate': {
    label: 'DB hit rate',
    measured: 'Database reads divided by requests: the share of requests that reached the database.',
  },
  'db.peakQps': {
    label: 'Peak database load',
    measured: 'The busiest 100 ms window, as queries per second.',
  },
  'db.amplification': {
    label: 'Amplification',
    measured: 'Database reads divided by those that a perfect cache would have needed.',
  },
  'latency.response.*': {
    label: 'Response time',
    measured: `Measured ${ISSUED} from the intended send time, so that a stalled server can't hide its own queue. A timeout counts at its deadline. Percentiles per round; the table shows the median round.`,
  },
  'latency.service.*': {
    label: 'Service time',
    measured: `Measured ${ISSUED} from the actual send to the complete answer. Lower than response time when requests waited to be sent.`,
  },
  goodput: {
    label: 'Goodput',
    measured: 'The fraction of offered requests that got the right answer in time.',
  },
  'requests.*': {
    label: 'Requests',
    measured: `Counted ${ISSUED}: offered = completed + failed + timeout + lost + shed. Errors in the table are failed + timeout + lost; a request that the service refused on purpose is shed.`,
  },
  'cache.hitRate': {
    label: 'Cache hit ratio',
    measured: 'Redis keyspace hits divided by lookups, from the counters of the Redis server.',
  },
  'cache.memoryBytes': {
    label: 'Cache memory',
    measured: 'used_memory of the Redis server at the end of the storm.',
  },
  'age.maxMs': {
    label: 'Oldest served data',
    measured:
      'The largest age in any answer (header x-age-ms): how long ago the served value was loaded. Fewer loads can mean staler data; read both.',
  },
  'generator.*': {
    label: 'Load generator',
    measured: 'Its own lag and CPU. A generator that lags or saturates makes the run inconclusive.',
  },
};

/** The words for a metric name, by exact name or by its family (`requests.failed` → `requests.*`). */
export function metricNotes(name: string): MetricNotes | undefined {
  return NOTES[name] ?? NOTES[name.replace(/\.[^.]+$/, '.*')] ?? NOTES[name.replace(/\..*$/, '.*')];
}

/** Which end of a metric is good. One that this version doesn't know is taken as a cost. */
export function betterEnd(name: string): 'low' | 'high' {
  return isMetricName(name) && metricFacts[name].better === 'more' ? 'high' : 'low';
}

/** Every note, in reading order, for "How each number is measured". */
export function allMetricNotes(): readonly (MetricNotes & { readonly name: string })[] {
  return Object.entries(NOTES).map(([name, notes]) => ({ name, ...notes }));
}

/** Label for a metric, e.g. `Response time p99`; the bare name when it is not one of ours. */
export function metricLabel(name: string): string {
  const notes = metricNotes(name);
  if (notes === undefined) return name;
  if (NOTES[name] !== undefined) return notes.label;
  const last = name.slice(name.lastIndexOf('.') + 1).replace(/^p999$/, 'p99.9');
  return `${notes.label} ${last}`;
}

/** Round-by-round sum of several metrics, or `undefined` when none was measured. */
export function sumMetrics(
  metrics: Readonly<Record<string, Metric>>,
  names: readonly string[],
): Metric | undefined {
  const present = names.flatMap((name) => metrics[name] ?? []);
  const first = present[0];
  if (first === undefined) return undefined;
  const values = first.values.map((_, round) =>
    present.reduce((sum, metric) => sum + (metric.values[round] ?? 0), 0),
  );
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { unit: first.unit, median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0, values };
}
