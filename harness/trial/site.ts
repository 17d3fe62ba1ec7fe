import type { FaultTargets } from '../faults/injector.ts';
import type { Probes } from '../probes/ground-truth.ts';
import type { Clock } from '../time/clock.ts';
import type { CacheLimiter } from './cache-limit.ts';

/** Prefix of every Redis key of a run's services. */
export const KEY_PREFIX = 'cachestorm:';

/** Where a trial runs: servers that are up and seeded. */
export interface TrialSite {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly flushCache: () => Promise<void>;
  readonly breakServer: FaultTargets['breakServer'];
  /** The run's private directory, removed with its servers. */
  readonly folder: string;
  readonly cacheLimiter: CacheLimiter;
  readonly probes: Probes;
  readonly clock: Clock;
  /** Marks every process of the run. */
  readonly env: Readonly<Record<string, string>>;
  readonly onProcess: (processGroup: number) => void;
  readonly signal: AbortSignal;
}
