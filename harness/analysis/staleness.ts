/** What readers saw of the writes before them, as the generator judged each read on its return. */
import type { GeneratorReport } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { MetricName } from '../result/metrics.ts';

/** The others take a history. */
type StalenessMetric = Exclude<Extract<MetricName, `staleness.${string}`>, 'staleness.kMax'>;

/**
 * `null` in a load that writes nothing, and where no row was read after a write of it: nothing was observed then.
 * Times are what the reads were stale at least; 0 when none was.
 */
export function stalenessValues({ staleness }: GeneratorReport): Record<StalenessMetric, number | null> {
  if (staleness === undefined || staleness.afterWrite === 0) {
    return {
      'staleness.readRate': null,
      'staleness.p50Ms': null,
      'staleness.p99Ms': null,
      'staleness.maxMs': null,
    };
  }
  using atLeast = LatencyHistogram.decode(staleness.atLeastHistogram);
  return {
    'staleness.readRate': staleness.stale / staleness.reads,
    'staleness.p50Ms': (atLeast.percentile(50) ?? 0) / 1e3,
    'staleness.p99Ms': (atLeast.percentile(99) ?? 0) / 1e3,
    'staleness.maxMs': staleness.maxMs.atLeast,
  };
}
