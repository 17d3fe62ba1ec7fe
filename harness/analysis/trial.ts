import type { ExpiryKind } from '../../scenarios/strategies/strategy.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { TrialSample } from '../record/sample.ts';
import type { MetricName } from '../result/metrics.ts';
import { type ConsistencyFindings, consistencyValues, relayValues } from './consistency-values.ts';
import { peakPerSec } from './counters.ts';
import { type Expiry, findExpiries } from './expiries.ts';
import { operationValues } from './operations.ts';
import { optimumValues } from './optimum/optimum.ts';
import { recoveryValues } from './recovery.ts';
import { relayFindings } from './relays.ts';
import { stalenessValues } from './staleness.ts';
import { sum } from './statistics/summary.ts';
import { falseNotFoundOfInserted, honestValues, loadsPerMissing } from './streams.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** A trial's numbers. `null`: could not be measured, which is not zero. */
export interface TrialReading {
  readonly sample: TrialSample;
  readonly expiries: readonly Expiry[] | null;
  /** What set the storm off, in the order of time. */
  readonly triggers: readonly Trigger[];
  readonly values: Readonly<Record<MetricName, number | null>>;
  /** Statements as the service processes counted them; must equal `db.reads` and `db.writes`. */
  readonly serviceReads: number;
  readonly serviceWrites: number;
  readonly slowestLoadMs: number;
  /** Of the storm's loads, as the services measured them; `null` when there was none. */
  readonly meanLoadMs: number | null;
  readonly backgroundErrors: number;
  readonly machine: MachineReading;
  /** What the history of the trial shows; `null`: none was kept. */
  readonly consistency: ConsistencyFindings | null;
}

/** What is made of a trial's files beside its sample. */
export interface TrialFindings {
  readonly consistency: ConsistencyFindings | null;
}

export const NO_FINDINGS: TrialFindings = { consistency: null };

/** What the machine did to a trial. `null`: not measured, as on other systems and for a closed load. */
export interface MachineReading {
  readonly stealShare: number | null;
  /** Longest time for which an event loop stood still: the generator's, and that of any service instance. */
  readonly generatorStallMs: number | null;
  readonly serviceStallMs: number | null;
}

export function readTrial(
  sample: TrialSample,
  planned: PlannedScenario,
  expiry: ExpiryKind,
  { consistency }: TrialFindings = NO_FINDINGS,
): TrialReading {
  const { scenario } = planned;
  const { load, before, after, readings, services } = sample;
  using response = LatencyHistogram.decode(load.histograms.response);
  using service = LatencyHistogram.decode(load.histograms.service);
  using sendLag = LatencyHistogram.decode(load.histograms.sendLag);
  const { pacerLag, cached } = load.histograms;
  const expiries =
    sample.keyEvents === null
      ? null
      : findExpiries(sample.keyEvents, {
          expiry,
          ttlMs: scenario.cache.ttlMs,
          queryMs: scenario.origin.queryMs,
          // A refresher needs no readers: its renewals count wherever the database counted their loads.
          fromUs: expiry === 'early' ? before.atUs : load.startedAtUs,
          toUs: expiry === 'early' ? Number.POSITIVE_INFINITY : load.startedAtUs + load.durationMs * 1000,
        });
  const refillsMs = (expiries ?? []).flatMap(({ fromUs, refilledAtUs }) =>
    refilledAtUs === null ? [] : [(refilledAtUs - fromUs) / 1000],
  );
  const stormEndUs = load.startedAtUs + load.durationMs * 1000;
  const gapsMs = (expiries ?? []).map(
    ({ fromUs, refilledAtUs }) => ((refilledAtUs ?? stormEndUs) - fromUs) / 1000,
  );
  const dbReads = after.dbReads - before.dbReads;
  const hits = after.redisHits - before.redisHits;
  const lookups = hits + after.redisMisses - before.redisMisses;
  const hitRate = ratio(hits, lookups);
  // What no service means to answer with; a refusal on purpose is shed.
  const errors = load.counts.failed + load.counts.timeout + load.counts.lost;
  const values: Record<MetricName, number | null> = {
    'db.loadsPerExpiry': ratio(dbReads, expiries?.length ?? 0),
    'db.loadsPerMissing.repeated': loadsPerMissing(sample, scenario, 'repeated'),
    'db.loadsPerMissing.endless': loadsPerMissing(sample, scenario, 'endless'),
    'db.reads': dbReads,
    'db.writes': after.dbWrites - before.dbWrites,
    'db.hitRate': ratio(dbReads, load.counts.offered),
    'db.peakQps': peakPerSec([before, ...readings, after], ({ dbReads }) => dbReads, {
      fromUs: before.atUs,
      toUs: after.atUs,
    }),
    'latency.response.p50': atMs(response, 50),
    'latency.response.p90': atMs(response, 90),
    'latency.response.p99': atMs(response, 99),
    'latency.response.p999': atMs(response, 99.9),
    'latency.response.max': atMs(response, 100),
    'latency.service.p50': atMs(service, 50),
    'latency.service.p99': atMs(service, 99),
    'latency.service.max': atMs(service, 100),
    'latency.cached.p50': cached === undefined ? null : readMs(cached, 50),
    'latency.cached.p99': cached === undefined ? null : readMs(cached, 99),
    ...operationValues(load, scenario),
    goodput: ratio(load.good, load.counts.offered),
    ...honestValues(load),
    'inserted.falseNotFound': falseNotFoundOfInserted(load, scenario),
    ...recoveryValues(sample, scenario),
    'requests.offered': load.counts.offered,
    'requests.completed': load.counts.completed,
    'requests.failed': load.counts.failed,
    'requests.timeout': load.counts.timeout,
    'requests.lost': load.counts.lost,
    'requests.shed': load.counts.shed,
    'requests.errors': errors,
    'requests.errorRate': ratio(errors, load.counts.offered),
    // Told by all trials of a round together: outcome/outcomes.ts.
    outcome: null,
    'cache.hitRate': hitRate,
    'cache.l1HitRate': ratio(load.outcomes.l1 ?? 0, sum(Object.values(load.outcomes))),
    'cache.lookups': lookups,
    'cache.expiries': expiries?.length ?? null,
    'cache.refillMs': ratio(sum(refillsMs), refillsMs.length),
    'cache.refillMs.max': largest(gapsMs),
    'cache.memoryBytes': Math.max(...[before, ...readings, after].map((reading) => reading.redisMemoryBytes)),
    'cache.wastedRefreshes': wastedRefreshes(services),
    'cache.evictions': after.redisEvicted - before.redisEvicted,
    ...optimumValues(sample, planned, hitRate),
    'age.maxMs': load.maxAgeMs,
    ...stalenessValues(load),
    ...consistencyValues(consistency),
    ...relayValues(relayFindings(sample)),
    'service.memoryBytes': memoryPerProcess(services),
    'generator.sendLagMs.p99': atMs(sendLag, 99),
    'generator.pacerLagMs.p99': pacerLag === undefined ? null : readMs(pacerLag, 99),
    'generator.cpu': ratio(load.cpuUs, load.finishedAtUs - load.startedAtUs),
  };
  return {
    sample,
    expiries,
    triggers: triggersOf(sample, scenario),
    values,
    serviceReads: sum(services.map((account) => account.after.dbReads - account.before.dbReads)),
    serviceWrites: sum(services.map((account) => account.after.dbWrites - account.before.dbWrites)),
    meanLoadMs: ratio(
      sum(services.map((account) => account.after.totalLoadMs - account.before.totalLoadMs)),
      sum(services.map((account) => account.after.dbReads - account.before.dbReads)),
    ),
    slowestLoadMs: Math.max(0, ...services.map((account) => account.after.slowestLoadMs)),
    backgroundErrors: sum(
      services.map((account) => account.after.backgroundErrors - account.before.backgroundErrors),
    ),
    machine: {
      stealShare: sample.machine?.stealShare ?? null,
      // Nothing else keeps its pacer from taking up what is due.
      generatorStallMs: pacerLag === undefined ? null : readMs(pacerLag, 100),
      serviceStallMs: largest(
        services.flatMap(({ after: { eventLoopDelayMs } }) => eventLoopDelayMs?.max ?? []),
      ),
    },
    consistency,
  };
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function readMs(encoded: string, percentile: number): number | null {
  using histogram = LatencyHistogram.decode(encoded);
  return atMs(histogram, percentile);
}

function atMs(histogram: LatencyHistogram, percentile: number): number | null {
  const us = histogram.percentile(percentile);
  return us === null ? null : us / 1000;
}

/** The mean over the instances; `null` for samples of earlier versions. */
function memoryPerProcess(services: TrialSample['services']): number | null {
  const held = services.flatMap(({ memory }) => memory?.liveBytes ?? []);
  return held.length < services.length ? null : ratio(sum(held), held.length);
}

/** `null` for a strategy that does not refresh ahead. */
function wastedRefreshes(services: TrialSample['services']): number | null {
  const counts = services.map(({ before, after }) =>
    after.counters?.wastedRefreshes === undefined
      ? null
      : after.counters.wastedRefreshes - (before.counters?.wastedRefreshes ?? 0),
  );
  return counts.includes(null) ? null : sum(counts.filter((count) => count !== null));
}
