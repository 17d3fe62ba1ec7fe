/** Reads and writes of a load that has both, apart. */
import type { GeneratorReport } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { MetricName } from '../result/metrics.ts';
import { HONEST_STREAM } from '../scenario/load-schema.ts';
import type { Scenario } from '../scenario/schema.ts';

type OperationMetric = Extract<MetricName, `${'reads' | 'writes'}.${string}`>;

/** `null` in a load that only reads: its numbers are the load's. */
export function operationValues(
  load: GeneratorReport,
  { streams }: Scenario,
): Record<OperationMetric, number | null> {
  const writers = streams.filter(({ operation }) => operation === 'write').map(({ name }) => name);
  const readers = streams.filter(({ operation }) => operation === 'read').map(({ name }) => name);
  const reads = writers.length === 0 ? [] : percentilesOf(load, [HONEST_STREAM, ...readers], [50, 90, 99]);
  const writes = percentilesOf(load, writers, [50, 99]);
  return {
    'reads.latency.response.p50': reads[0] ?? null,
    'reads.latency.response.p90': reads[1] ?? null,
    'reads.latency.response.p99': reads[2] ?? null,
    'writes.latency.response.p50': writes[0] ?? null,
    'writes.latency.response.p99': writes[1] ?? null,
  };
}

/** Response times of several streams together, in ms. */
function percentilesOf(
  { streams = {} }: GeneratorReport,
  names: readonly string[],
  percents: readonly number[],
): (number | null)[] {
  using all = new LatencyHistogram();
  for (const name of names) {
    const encoded = streams[name]?.responseHistogram;
    if (encoded === undefined) continue;
    using one = LatencyHistogram.decode(encoded);
    all.merge(one);
  }
  return percents.map((percent) => {
    const us = all.percentile(percent);
    return us === null ? null : us / 1000;
  });
}
