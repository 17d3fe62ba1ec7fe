/** What each metric is called in a report, and its value as a reader should take it. */
import { censoredBy, isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type { Metric, StrategyResult } from '../../harness/result/schema.ts';
import { NOTES } from './metric-notes.ts';
import type { MetricNotes } from './note.ts';

/** The words for a metric name, by exact name or by its family (`requests.failed` → `requests.*`). */
export function metricNotes(name: string): MetricNotes | undefined {
  return NOTES[noteName(name) ?? name];
}

/** The name of those words, as in {@link allMetricNotes}. */
export function noteName(name: string): string | undefined {
  const names = [name, name.replace(/\.[^.]+$/, '.*'), name.replace(/\..*$/, '.*')];
  return names.find((candidate) => NOTES[candidate] !== undefined);
}

/** Which end of a metric is good; `null`: neither. One that this version doesn't know is taken as a cost. */
export function betterEnd(name: string): 'low' | 'high' | null {
  if (!isMetricName(name)) return 'low';
  const { better } = metricFacts[name];
  return better === null ? null : better === 'more' ? 'high' : 'low';
}

/** Every note, in reading order, for "How each number is measured". */
export function allMetricNotes(): readonly (MetricNotes & { readonly name: string })[] {
  return Object.entries(NOTES).map(([name, notes]) => ({ name, ...notes }));
}

/** Label for a metric, e.g. `Response time p99`; the bare name when it is not one of ours. */
export function metricLabel(name: string): string {
  const notes = metricNotes(name);
  if (notes === undefined) return name;
  return NOTES[name] === undefined ? `${notes.label} ${lastPart(name)}` : notes.label;
}

/** Two short lines for a narrow column of text: `['repeated', 'loads']`, `['p99', '']`. */
export function metricHead(name: string): readonly [string, string] {
  const [first, second = ''] = metricNotes(name)?.head ?? [lastPart(name)];
  // Of a family, the member is the second line: `honest`, `p99`.
  return [first, NOTES[name] === undefined && first !== lastPart(name) ? lastPart(name) : second];
}

/** `p99` of `latency.response.p99`, and of `staleness.p99Ms`: the unit stands beside it anyway. */
export function lastPart(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/^(p\d+)Ms$/, '$1')
    .replace(/^p999$/, 'p99.9');
}

/**
 * A metric of a strategy as a reader should take it. A time that was not seen to end, such as that to recover of a
 * service that was not back before the storm's end, is without limit: its number is only what was seen of it. Results
 * before 1.2 have no sum of errors.
 */
export function metricOf({ metrics }: StrategyResult, name: string): Metric | undefined {
  const metric = metrics[name];
  if (name === 'requests.errors') return metric ?? sumMetrics(metrics, ERRORS);
  const flag = isMetricName(name) ? censoredBy[name] : undefined;
  const stuck = flag === undefined ? undefined : metrics[flag];
  if (metric === undefined || !stuck?.values.some((one) => one > 0)) return metric;
  return overRounds(
    metric.unit,
    metric.values.map((value, round) => ((stuck.values[round] ?? 0) > 0 ? Number.POSITIVE_INFINITY : value)),
  );
}

const ERRORS = ['requests.failed', 'requests.timeout', 'requests.lost'];

/** Round-by-round sum of several metrics, or `undefined` when none was measured. */
function sumMetrics(metrics: StrategyResult['metrics'], names: readonly string[]): Metric | undefined {
  const present = names.flatMap((name) => metrics[name] ?? []);
  const first = present[0];
  if (first === undefined) return undefined;
  return overRounds(
    first.unit,
    first.values.map((_, round) => present.reduce((sum, metric) => sum + (metric.values[round] ?? 0), 0)),
  );
}

function overRounds(unit: Metric['unit'], values: readonly number[]): Metric | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { unit, median, low, high, values: [...values] };
}
