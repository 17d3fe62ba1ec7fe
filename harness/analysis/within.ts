import type { LoadWindow } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { TrialSample } from '../record/sample.ts';
import { type MetricName, metricNames } from '../result/metrics.ts';
import { counterAt, type PickCounter, peakPerSec } from './counters.ts';
import { sum } from './statistics/summary.ts';

/** Monotonic microseconds; `toUs` may lie after the storm, where its last queries are answered. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** What is known of a part of a storm; the others are numbers of the whole. */
export const metricsWithin = [
  'db.reads',
  'db.writes',
  'db.hitRate',
  'db.peakQps',
  'latency.response.p50',
  'latency.response.p90',
  'latency.response.p99',
  'latency.response.p999',
  'latency.response.max',
  'goodput',
  'requests.offered',
  'requests.completed',
  'requests.failed',
  'requests.timeout',
  'cache.hitRate',
  'cache.memoryBytes',
  'cache.evictions',
] as const satisfies readonly MetricName[];

type MetricWithin = (typeof metricsWithin)[number];

/**
 * A trial's numbers for a part of its storm. Requests are in it by their intended time, in whole windows: those
 * that overlap it by more than half. Counters of the servers are read every 100 ms and taken to grow evenly in
 * between, so an event belongs to a part within about that time.
 *
 * @returns `null` for what is known of the whole storm only, and for what did not occur
 */
export function valuesWithin(sample: TrialSample, span: Span): Record<MetricName, number | null> {
  const unknown = Object.fromEntries(metricNames.map((name) => [name, null])) as Record<MetricName, null>;
  const windows = windowsWithin(sample, span);
  if (windows.length === 0) return unknown;
  const total = (pick: (window: LoadWindow) => number) => sum(windows.map(pick));
  const offered = total((window) => window.offered);
  const known: Record<MetricWithin, number | null> = {
    ...latenciesOf(windows),
    ...countersWithin(sample, span, offered),
    goodput: ratio(
      total((window) => window.good ?? window.completed),
      offered,
    ),
    'requests.offered': offered,
    'requests.completed': total((window) => window.completed),
    'requests.failed': total((window) => window.failed),
    'requests.timeout': total((window) => window.timeout),
  };
  return { ...unknown, ...known };
}

function windowsWithin({ load }: TrialSample, { fromUs, toUs }: Span): LoadWindow[] {
  const { windows, startedAtUs } = load;
  const widthUs = ((windows[1]?.tMs ?? 0) - (windows[0]?.tMs ?? 0)) * 1000;
  return windows.filter(({ tMs }) => {
    const middleUs = startedAtUs + tMs * 1000 + widthUs / 2;
    // A fault may be shorter than a window: then it is the window that it falls into.
    const short = toUs - fromUs < widthUs;
    const reachUs = short ? widthUs / 2 : 0;
    return middleUs >= fromUs - reachUs && middleUs < toUs + reachUs;
  });
}

function latenciesOf(windows: readonly LoadWindow[]) {
  using all = new LatencyHistogram();
  for (const { responseHistogram } of windows) {
    using one = LatencyHistogram.decode(responseHistogram);
    all.merge(one);
  }
  const atMs = (percent: number) => {
    const us = all.percentile(percent);
    return us === null ? null : us / 1000;
  };
  return {
    'latency.response.p50': atMs(50),
    'latency.response.p90': atMs(90),
    'latency.response.p99': atMs(99),
    'latency.response.p999': atMs(99.9),
    'latency.response.max': atMs(100),
  };
}

function countersWithin({ before, readings, after }: TrialSample, span: Span, offered: number) {
  const all = [before, ...readings, after];
  const grown = (pick: PickCounter) => counterAt(all, pick, span.toUs) - counterAt(all, pick, span.fromUs);
  const reads = grown(({ dbReads }) => dbReads);
  const hits = grown(({ redisHits }) => redisHits);
  const inside = all.filter(({ atUs }) => atUs >= span.fromUs && atUs <= span.toUs);
  return {
    'db.reads': reads,
    'db.writes': grown(({ dbWrites }) => dbWrites),
    'db.hitRate': ratio(reads, offered),
    'db.peakQps': peakPerSec(all, ({ dbReads }) => dbReads, span),
    'cache.hitRate': ratio(hits, hits + grown(({ redisMisses }) => redisMisses)),
    'cache.memoryBytes':
      inside.length === 0 ? null : Math.max(...inside.map(({ redisMemoryBytes }) => redisMemoryBytes)),
    'cache.evictions': grown(({ redisEvicted }) => redisEvicted),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
