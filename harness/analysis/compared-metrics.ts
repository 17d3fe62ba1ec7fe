import { isMetricName, type MetricName, metricFacts } from '../result/metrics.ts';
import type { Scenario } from '../scenario/schema.ts';
import { parseThreshold } from './thresholds/parse.ts';

/**
 * Of a scenario that names no columns: what reaches the database, what users wait, what they get. The p99 is that of
 * those who waited for a load, the p50 that of those who met the entry: what slows everybody shows there.
 */
const USUAL: readonly MetricName[] = [
  'db.reads',
  'db.loadsPerExpiry',
  'latency.response.p50',
  'latency.response.p99',
  'goodput',
];

/**
 * What strategies are compared by: what the scenario puts side by side, since that is what it is about, without the
 * metrics of which neither end is good; and what its thresholds compare, since the noise of that has to be known.
 *
 * More of them cost no comparison its certainty: each metric asks a question of its own, and Holm's family are the
 * contenders of whom it is asked.
 */
export function comparedMetrics({ columns, thresholds }: Scenario): MetricName[] {
  const relative = thresholds.map(parseThreshold).filter(({ against }) => against !== null);
  const named = [...(columns ?? USUAL), ...relative.map(({ metric }) => metric)];
  return [...new Set(named)].filter(isMetricName).filter((metric) => metricFacts[metric].better !== null);
}
