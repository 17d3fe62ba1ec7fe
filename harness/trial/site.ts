import type { FaultTargets } from '../faults/injector.ts';
import type { CommitLog } from '../probes/commit-log.ts';
import type { DatabaseProbe } from '../probes/database.ts';
import type { Probes } from '../probes/ground-truth.ts';
import type { Clock } from '../time/clock.ts';
import type { CacheLimiter } from './cache-limit.ts';

/** Where a trial runs: servers that are up and seeded. */
export interface TrialSite {
  readonly redisUrl: string;
  /** Clients of Redis that are none of the run's. @default nobody else can reach it */
  readonly otherRedisClients?: number;
  /** Of every Redis key of the run. */
  readonly keyPrefix: string;
  readonly databaseUrl: string;
  readonly relays: RelaySite;
  /** What the database committed. */
  readonly commitLog: CommitLog;
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
  /** See `Stack`. */
  readonly confirm: () => Promise<void>;
}

/** What the relays of a strategy work on, beside Redis. */
export interface RelaySite {
  /** Of the relays' own user. */
  readonly databaseUrl: string;
  /** Counts the statements of that user. */
  readonly statements: DatabaseProbe;
  /** `null` in a run without a strategy that needs one. */
  readonly broker: Broker | null;
}

export interface Broker {
  readonly url: string;
  /** Of every queue and exchange of the run. */
  readonly prefix: string;
  /** Deletes all queues. */
  flush(): Promise<void>;
}
