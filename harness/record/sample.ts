/** What one trial recorded, as `samples/<trial>.json`: everything that the analysis needs, and no judgement. */
import type { FaultRecord } from '../faults/fault.ts';
import type { GeneratorReport, LoadInterval } from '../load/protocol.ts';
import type { Trial } from '../plan/plan.ts';
import type { TruthReading } from '../probes/ground-truth.ts';
import type { KeyEvent } from '../probes/redis.ts';
import type { ServiceMemory, ServiceReport } from '../service/protocol.ts';
import type { AppliedCacheLimit } from '../trial/cache-limit.ts';
import type { Audit } from './audited-read.ts';
import type { RelaysSample } from './relay-sample.ts';

export const SAMPLE_VERSION = 1;

export interface TrialSample {
  readonly sampleVersion: typeof SAMPLE_VERSION;
  readonly trial: Trial;
  /** Why an earlier try of this trial was void; empty for a first try. Void tries are in `samples/void/`. */
  readonly voided: readonly string[];
  /** Absent from cold starts, and from samples of versions that warmed up for a fixed time. */
  readonly warmUp?: WarmUp;
  /** When all rows had been put into the cache, monotonic microseconds; absent when none were. */
  readonly preloadedAtUs?: number;
  /** How much the cache could hold; absent where it had no limit. */
  readonly cacheLimit?: AppliedCacheLimit;
  /** Clients of Redis when the run began that were none of its own; absent where there can't be any. */
  readonly otherRedisClients?: number;
  /** What was done to the servers during the storm. */
  readonly faults?: readonly FaultRecord[];
  /** Loads that were still queued long after the storm, and dropped. Absent when there were none. */
  readonly abandonedLoads?: number;
  readonly load: GeneratorReport;
  /** Counters before the first request and after the last query had ended. */
  readonly before: TruthReading;
  readonly after: TruthReading;
  /** Counters every `sampleIntervalMs` in between. */
  readonly readings: readonly TruthReading[];
  /** What happened to the hot key's entry; `null` when no single key is hot. */
  readonly keyEvents: readonly KeyEvent[] | null;
  /** What the machine did during the storm; absent where it does not tell. */
  readonly machine?: {
    /** CPU time that was asked for here and given to another machine of the hypervisor, 0 to 1. */
    readonly stealShare: number;
  };
  /** Absent where the strategy has none. */
  readonly relays?: RelaysSample;
  /** Why the binary log could not be read back after the storm; absent where it was, or was not wanted. */
  readonly commitsLost?: string;
  /** The two looks at the rows when all was quiet; absent where no history was kept, and with `commitsLost`. */
  readonly audits?: readonly [Audit, Audit];
  /** One account per service instance, of all its processes together, and what it was before the storm. */
  readonly services: readonly {
    readonly before: ServiceReport;
    readonly after: ServiceReport;
    /** After the storm. Absent from samples of earlier versions. */
    readonly memory?: ServiceMemory;
  }[];
}

/** The load before the storm. Nothing of it is in any other number of the sample. */
export interface WarmUp {
  /** Until the last of its requests was settled. */
  readonly tookMs: number;
  /** Whether throughput and median response time had come to rest; if not, its time was up. */
  readonly steady: boolean;
  readonly windows: readonly LoadInterval[];
}

/** Name of a trial's files, before their dot: sorts in the order of execution. */
export function trialName({ index, scenario, round, strategy }: Trial): string {
  return `${String(index).padStart(3, '0')}-${scenario}-r${round}-${strategy}`;
}
