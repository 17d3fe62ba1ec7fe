/**
 * Every metric that a trial measures: its unit, which end is good, how large a relative change has to be before it
 * matters in practice, and what it can be at all. The one place for all four; analysis, thresholds and reports read it.
 */

export interface MetricFacts {
  readonly unit: 'count' | 'ms' | 'fraction' | 'bytes' | 'per second' | 'ratio';
  /** Which end is good; `null` where neither is, and nothing is compared. */
  readonly better: 'less' | 'more' | null;
  /** Practical margin: 0.05 means that up to 5% more, or 1/1.05 of it, is as good as the same. */
  readonly margin: number;
  /** What it can be, ends included. A limit beyond is held, or broken, whatever is measured. */
  readonly range: Range;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Five percent: less is hardly seen from one run to the next on a shared machine, let alone by a user. */
const MARGIN = 0.05;
/** Shares near 1 move little: one percent of goodput is one user in a hundred. */
const SHARE_MARGIN = 0.01;

const FROM_ZERO: Range = { least: 0, most: Number.POSITIVE_INFINITY };
const SHARE: Range = { least: 0, most: 1 };
const ANY: Range = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

type Unit = MetricFacts['unit'];

const rangeOf = (unit: Unit) => (unit === 'fraction' ? SHARE : FROM_ZERO);

const less = (unit: Unit, range: Range = rangeOf(unit)) =>
  ({ unit, better: 'less', margin: MARGIN, range }) as const;
const neither = (unit: Unit) => ({ unit, better: null, margin: MARGIN, range: rangeOf(unit) }) as const;
/** A share of which all is best. */
const moreOf = (range: Range = SHARE) =>
  ({ unit: 'fraction', better: 'more', margin: SHARE_MARGIN, range }) as const;

export const metricFacts = {
  'db.loadsPerExpiry': less('ratio'),
  'db.loadsPerMissing.repeated': less('ratio'),
  'db.loadsPerMissing.endless': less('ratio'),
  'db.reads': less('count'),
  'db.writes': neither('count'),
  'db.relayReads': less('count'),
  'db.relayWrites': neither('count'),
  // A request may load more than once, and a refresher without any.
  'db.hitRate': less('fraction', FROM_ZERO),
  'db.peakQps': less('per second'),
  'latency.response.p50': less('ms'),
  'latency.response.p90': less('ms'),
  'latency.response.p99': less('ms'),
  'latency.response.p999': less('ms'),
  'latency.response.max': less('ms'),
  'latency.service.p50': less('ms'),
  'latency.service.p99': less('ms'),
  'latency.service.max': less('ms'),
  'latency.cached.p50': less('ms'),
  'latency.cached.p99': less('ms'),
  'reads.latency.response.p50': less('ms'),
  'reads.latency.response.p90': less('ms'),
  'reads.latency.response.p99': less('ms'),
  'writes.latency.response.p50': less('ms'),
  'writes.latency.response.p99': less('ms'),
  goodput: moreOf(),
  'honest.latency.response.p50': less('ms'),
  'honest.latency.response.p99': less('ms'),
  'honest.goodput': moreOf(),
  'honest.falseNotFound': less('count'),
  'honest.shed': less('count'),
  'inserted.falseNotFound': less('fraction'),
  'recovery.to95Ms': less('ms'),
  'recovery.lost': less('count'),
  'recovery.worstGoodput': moreOf(),
  'recovery.finalGoodput': moreOf(),
  'recovery.stuck': less('fraction'),
  'requests.offered': neither('count'),
  'requests.completed': neither('count'),
  'requests.failed': less('count'),
  'requests.timeout': less('count'),
  'requests.lost': less('count'),
  'requests.shed': less('count'),
  'requests.errors': less('count'),
  'cache.hitRate': moreOf(),
  'cache.l1HitRate': moreOf(),
  'requests.errorRate': less('fraction'),
  outcome: moreOf(),
  'cache.lookups': less('count'),
  'cache.expiries': neither('count'),
  'cache.refillMs': less('ms'),
  'cache.refillMs.max': less('ms'),
  'cache.memoryBytes': less('bytes'),
  'cache.wastedRefreshes': less('count'),
  // What a policy is there for: db.reads says what it costs.
  'cache.evictions': neither('count'),
  'cache.refusedWrites': less('count'),
  'cache.entries': neither('count'),
  'cache.optimalHitRate': neither('fraction'),
  // The optimum begins with the keys of the storm: a cache that the warm-up filled can be above it.
  'cache.optimumShare': moreOf(FROM_ZERO),
  'age.maxMs': less('ms'),
  'staleness.readRate': less('fraction'),
  'staleness.p50Ms': less('ms'),
  'staleness.p99Ms': less('ms'),
  'staleness.maxMs': less('ms'),
  'staleness.kMax': less('count'),
  'consistency.divergentKeys': less('count'),
  'consistency.lostUpdates': less('count'),
  'consistency.missingVersions': less('count'),
  'consistency.versionsNotRaised': less('count'),
  'consistency.repeatedCommits': less('count'),
  'consistency.unknownCommits': less('count'),
  'consistency.misplacedWrites': less('count'),
  'consistency.dirtyReads': less('count'),
  'consistency.falselyAbsent': less('count'),
  'consistency.wrongVersion': less('count'),
  'consistency.nonLinearizable': less('count'),
  'consistency.monotonicViolations': less('count'),
  'consistency.readYourWritesViolations': less('count'),
  'consistency.gammaMs': less('ms'),
  'consistency.convergeMs': less('ms'),
  'consistency.stuck': less('fraction'),
  'relay.lagMs.p50': less('ms'),
  'relay.lagMs.p99': less('ms'),
  // A lag that is worked off shrinks.
  'relay.lagGrowthMsPerSec': less('ms', ANY),
  'relay.applied': neither('count'),
  'mq.published': neither('count'),
  'mq.confirmed': neither('count'),
  'mq.delivered': neither('count'),
  'mq.lost': less('count'),
  'mq.duplicated': less('count'),
  'mq.reordered': less('count'),
  'service.memoryBytes': less('bytes'),
  'generator.sendLagMs.p99': less('ms'),
  'generator.pacerLagMs.p99': less('ms'),
  // Of one core: its threads may use more.
  'generator.cpu': less('fraction', FROM_ZERO),
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof metricFacts;

export const metricNames = Object.keys(metricFacts) as readonly MetricName[];

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricFacts, name);
}

/**
 * Times that nobody may have seen the end of, each by the metric that is above 0 then: the true time is longer than
 * its number by nobody knows how much.
 */
export const censoredBy: Readonly<Partial<Record<MetricName, MetricName>>> = {
  'recovery.to95Ms': 'recovery.stuck',
  'consistency.convergeMs': 'consistency.stuck',
};
