/** What a measurement of a set-up can come to at all: a limit beyond it is no check, for nothing could break it. */
import type { PlannedScenario } from '../plan/plan.ts';
import { isMetricName, metricFacts, type Range } from '../result/metrics.ts';
import { originCapacityPerSec, type Scenario } from '../scenario/schema.ts';

/** More than a warm-up, the preload and what lies between them and the storm take. */
const LEAD_MS = 10_000;
/** The counters are read so often: what starts within such a window at once is over the capacity for its length. */
const WINDOW_SEC = 0.1;

/** Returns the smallest and the largest value of a metric that this set-up can produce; the metric's own range where it sets no other. */
export function reachOf(metric: string, planned: PlannedScenario): Range {
  const own: Range = isMetricName(metric)
    ? metricFacts[metric].range
    : { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  return { least: own.least, most: Math.min(own.most, mostOf(metric, planned)) };
}

function mostOf(metric: string, planned: PlannedScenario): number {
  const { scenario, stormMs } = planned;
  const loads = mostLoads(planned);
  // A request that is late is given up: an answer is no later than its timeout.
  if (metric.includes('latency.')) return scenario.timeoutMs;
  if (metric === 'age.maxMs' || metric === 'staleness.maxMs')
    return (scenario.start === 'cold' ? 0 : LEAD_MS) + stormMs + scenario.timeoutMs;
  if (metric === 'cache.refillMs.max' || metric === 'cache.refillMs') return stormMs;
  if (metric === 'db.peakQps') return originCapacityPerSec(scenario) + connections(scenario) / WINDOW_SEC;
  // Of one expiry, or of one request, there is at least one.
  if (metric === 'db.reads' || metric.startsWith('db.loadsPer')) return loads;
  if (metric === 'consistency.divergentKeys') return scenario.dataset.rows;
  return Number.POSITIVE_INFINITY;
}

/** Queries that the database can do from the start of the storm until what was queued is done or dropped. */
function mostLoads({ scenario, stormMs }: PlannedScenario): number {
  const seconds = (stormMs + scenario.drainMs) / 1000;
  return originCapacityPerSec(scenario) * seconds + connections(scenario);
}

function connections({ origin, service }: Scenario): number {
  return origin.poolSize * service.instances;
}

export interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}

/** Returns the limits that a value within reach can break; `null` for one that none can. */
export function breakable({ low, high }: Limits, { least, most }: Range): Limits {
  return {
    low: low !== null && least < low ? low : null,
    high: high !== null && most > high ? high : null,
  };
}
