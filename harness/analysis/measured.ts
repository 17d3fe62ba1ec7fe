/** What a scenario has to have before it can measure a metric, known from the plan alone. */
import { faultNames } from '../faults/fault.ts';
import type { PlannedScenario, PlannedStrategy } from '../plan/plan.ts';
import { type MetricName, metricNames } from '../result/metrics.ts';
import type { ScenarioStream } from '../scenario/schema.ts';

type Planned = Pick<PlannedScenario, 'scenario' | 'stormMs'>;

interface Need {
  /** Names of metrics, or what they begin with. */
  readonly metrics: readonly string[];
  /** After "would need". */
  readonly what: string;
  readonly met: (planned: Planned, strategy: PlannedStrategy) => boolean;
}

const anyStream = (fits: (stream: ScenarioStream) => boolean) => (planned: Planned) =>
  planned.scenario.streams.some(fits);
const writes = anyStream(({ operation }) => operation === 'write');
const hasQueue = (strategy: PlannedStrategy) => strategy.relays !== undefined && strategy.broker === true;

const NEEDS: readonly Need[] = [
  {
    metrics: ['honest.'],
    what: 'streams beside its own readers',
    met: ({ scenario }) => scenario.streams.length > 0 || scenario.clients > 1,
  },
  {
    metrics: ['inserted.'],
    what: 'a stream of {kind: "inserted"} keys',
    met: anyStream(({ keys }) => keys.kind === 'inserted'),
  },
  {
    metrics: ['db.loadsPerMissing.repeated'],
    what: 'a stream of {kind: "missing"} keys with a count',
    met: anyStream(({ keys }) => keys.kind === 'missing' && keys.count !== null),
  },
  {
    metrics: ['db.loadsPerMissing.endless'],
    what: 'a stream of {kind: "missing", count: null} keys',
    met: anyStream(({ keys }) => keys.kind === 'missing' && keys.count === null),
  },
  { metrics: ['reads.', 'writes.', 'staleness.'], what: 'a stream that writes', met: writes },
  {
    metrics: ['consistency.', 'staleness.kMax'],
    what: 'a history (consistency)',
    met: ({ scenario }) => scenario.consistency !== null,
  },
  {
    metrics: ['db.loadsPerExpiry', 'cache.expiries', 'cache.refillMs'],
    what: 'one hot key (keys of {kind: "hot"})',
    met: ({ scenario }) => scenario.keys.kind === 'hot',
  },
  {
    metrics: ['recovery.'],
    what: 'a fault during the storm, a cold start, or an expiry of what was preloaded',
    met: (planned, strategy) => triggerNames(planned, strategy).length > 0,
  },
  {
    metrics: ['cache.optimalHitRate', 'cache.optimumShare'],
    what: 'a limit of its memory (cache.roomBytes), and nothing but first tries of reads',
    met: (planned) => hasOptimum(planned),
  },
  {
    metrics: ['generator.pacerLagMs.'],
    what: 'an open load',
    met: ({ scenario }) => scenario.load.model === 'open',
  },
  { metrics: ['relay.', 'db.relay'], what: 'a relay', met: (_, { relays }) => relays !== undefined },
  { metrics: ['mq.'], what: 'a message queue', met: (_, strategy) => hasQueue(strategy) },
];

function hasOptimum(planned: Planned): boolean {
  const { cache, load, keys } = planned.scenario;
  const retries = load.model === 'open' && load.retries > 0;
  const strange = anyStream((stream) => ['new', 'inserted', 'missing'].includes(stream.keys.kind))(planned);
  return cache.roomBytes !== null && !retries && !writes(planned) && !strange && keys.kind !== 'missing';
}

/** Returns what would be needed to measure `metric` of a strategy, in words; `null`: nothing that is not there. */
export function missingFor(metric: MetricName, planned: Planned, strategy: PlannedStrategy): string | null {
  const missing = NEEDS.find(
    ({ metrics, met }) => metrics.some((start) => metric.startsWith(start)) && !met(planned, strategy),
  );
  return missing?.what ?? null;
}

/** Returns the metrics that can be measured of a strategy. */
export function measuredOf(planned: Planned, strategy: PlannedStrategy): MetricName[] {
  return metricNames.filter((name) => missingFor(name, planned, strategy) === null);
}

/**
 * Returns the names of what will set the storm off, as `triggersOf` finds them in the sample of a trial. A kill at a
 * barrier is among them, though a strategy may never come there.
 */
export function triggerNames({ scenario, stormMs }: Planned, { relays }: PlannedStrategy): string[] {
  const { faults, start, preload, cache } = scenario;
  const names = faultNames(faults);
  const happening = faults.flatMap((fault, index) => {
    const victim = fault.kind !== 'kill' || fault.target !== 'relay' || relays !== undefined;
    return victim && fault.atMs < stormMs ? [names[index] ?? fault.kind] : [];
  });
  const flushed = faults.some(({ kind, atMs }) => kind === 'flush' && atMs < cache.ttlMs);
  return [
    ...happening,
    ...(start === 'cold' ? ['cold-start'] : []),
    ...(preload && cache.ttlMs <= stormMs && !flushed ? ['expiry'] : []),
  ];
}
