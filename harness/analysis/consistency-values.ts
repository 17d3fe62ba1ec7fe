/** What the checker of a trial's history found, and what its relays counted, as metrics. */
import type { MetricName } from '../result/metrics.ts';
import type { WorstKey } from '../result/schema.ts';
import type { FreshnessFindings } from './freshness.ts';

/** Plain numbers of one trial. `null`: could not be measured, which is not zero. */
export interface ConsistencyFindings {
  /** `null`: no read was judged. Times in ms, at least; over the stale reads alone, 0 when there was none. */
  readonly staleness: StalenessFindings | null;
  /** Counts over all keys. */
  readonly divergentKeys: number | null;
  readonly lostUpdates: number | null;
  /** By how much versions rose less than writes were acknowledged. */
  readonly missingVersions: number | null;
  /** Commits that left the version of their row where it was, or lower. */
  readonly versionsNotRaised: number | null;
  /** Commits of a write that had been committed before. */
  readonly repeatedCommits: number | null;
  /** Commits of no write of the history. */
  readonly unknownCommits: number | null;
  /** Commits that came before what was there when their write was sent. */
  readonly misplacedWrites: number | null;
  readonly dirtyReads: number | null;
  /** "No such row", where there always was one. */
  readonly falselyAbsent: number | null;
  /** Answers that named another version than that of their value. */
  readonly wrongVersion: number | null;
  /** Reads outside of [lo, hi]. */
  readonly nonLinearizable: number | null;
  readonly monotonicViolations: number | null;
  readonly readYourWritesViolations: number | null;
  readonly gammaMs: number | null;
  /** `stuck`: an entry was still wrong at the last look; `ms` is then the time until that look. */
  readonly convergence: { readonly ms: number; readonly stuck: boolean } | null;
  /** Of the reads sent in each window of the timeline the share that was stale, in its order; `null`: none was judged. */
  readonly staleReads: readonly (number | null)[];
  /** `null`: no read was judged. */
  readonly freshness: FreshnessFindings | null;
  /** `null`: nothing went wrong with any key. */
  readonly worstKey: WorstKey | null;
}

export interface StalenessFindings {
  /** 0 to 1, of all reads. */
  readonly readRate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Versions that the read farthest behind was behind. */
  readonly kMax: number;
}

/** What relays and broker counted in one trial; absent parts are those that the strategy does not have. */
export interface RelayFindings {
  /** `null`: nothing was applied. */
  readonly lagMs: { readonly p50: number; readonly p99: number } | null;
  /** ms per second; `null`: too little was applied to tell. */
  readonly lagGrowthMsPerSec: number | null;
  readonly applied: number;
  /** Statements of the relays' user, as the database counted them. */
  readonly dbReads: number;
  readonly dbWrites: number;
  readonly queue?: QueueFindings;
}

/** `null`: not known, such as what was lost while the queues were not empty. */
export interface QueueFindings {
  readonly published: number;
  readonly confirmed: number;
  readonly delivered: number;
  readonly lost: number | null;
  readonly duplicated: number | null;
  readonly reordered: number | null;
}

type Staleness = `staleness.${'readRate' | 'p50Ms' | 'p99Ms' | 'maxMs'}`;
type Values<Name extends MetricName> = Readonly<Record<Name, number | null>>;
type ConsistencyMetric = Extract<MetricName, `consistency.${string}` | 'staleness.kMax'>;
type RelayMetric = Extract<MetricName, `relay.${string}` | `mq.${string}` | `db.relay${string}`>;

/**
 * @returns what a history tells of staleness too, in place of what the generator saw live: a history knows the version
 *   of an answer that had no header. Without findings that is left to the generator, and all else is `null`.
 */
export function consistencyValues(
  findings: ConsistencyFindings | null,
): Values<ConsistencyMetric> & Partial<Values<Staleness>> {
  const { staleness = null, convergence = null } = findings ?? {};
  const live = {
    'staleness.readRate': staleness?.readRate ?? null,
    'staleness.p50Ms': staleness?.p50Ms ?? null,
    'staleness.p99Ms': staleness?.p99Ms ?? null,
    'staleness.maxMs': staleness?.maxMs ?? null,
  };
  return {
    ...(findings === null ? {} : live),
    'staleness.kMax': staleness?.kMax ?? null,
    'consistency.divergentKeys': findings?.divergentKeys ?? null,
    'consistency.lostUpdates': findings?.lostUpdates ?? null,
    'consistency.missingVersions': findings?.missingVersions ?? null,
    'consistency.versionsNotRaised': findings?.versionsNotRaised ?? null,
    'consistency.repeatedCommits': findings?.repeatedCommits ?? null,
    'consistency.unknownCommits': findings?.unknownCommits ?? null,
    'consistency.misplacedWrites': findings?.misplacedWrites ?? null,
    'consistency.dirtyReads': findings?.dirtyReads ?? null,
    'consistency.falselyAbsent': findings?.falselyAbsent ?? null,
    'consistency.wrongVersion': findings?.wrongVersion ?? null,
    'consistency.nonLinearizable': findings?.nonLinearizable ?? null,
    'consistency.monotonicViolations': findings?.monotonicViolations ?? null,
    'consistency.readYourWritesViolations': findings?.readYourWritesViolations ?? null,
    'consistency.gammaMs': findings?.gammaMs ?? null,
    'consistency.convergeMs': convergence?.ms ?? null,
    'consistency.stuck': convergence === null ? null : Number(convergence.stuck),
  };
}

/** All `null` for a strategy without relays. */
export function relayValues(findings: RelayFindings | null): Values<RelayMetric> {
  return {
    'relay.lagMs.p50': findings?.lagMs?.p50 ?? null,
    'relay.lagMs.p99': findings?.lagMs?.p99 ?? null,
    'relay.lagGrowthMsPerSec': findings?.lagGrowthMsPerSec ?? null,
    'relay.applied': findings?.applied ?? null,
    'db.relayReads': findings?.dbReads ?? null,
    'db.relayWrites': findings?.dbWrites ?? null,
    'mq.published': findings?.queue?.published ?? null,
    'mq.confirmed': findings?.queue?.confirmed ?? null,
    'mq.delivered': findings?.queue?.delivered ?? null,
    'mq.lost': findings?.queue?.lost ?? null,
    'mq.duplicated': findings?.queue?.duplicated ?? null,
    'mq.reordered': findings?.queue?.reordered ?? null,
  };
}
