/**
 * What the harness and the generator process say to each other. The generator is a process of its own, so
 * that nothing the harness does (probing, drawing progress) can delay a request.
 */
import type { KeyPopularity } from './keys.ts';
import type { Phase } from './phases.ts';
import type { Stream } from './streams.ts';

/** Arrivals come on a schedule, whether or not earlier requests were answered. */
export interface OpenLoad {
  readonly model: 'open';
  readonly arrivals: 'constant' | 'poisson';
  /** Mean requests per second over all targets. */
  readonly ratePerSec: number;
  /**
   * A rate that changes, in place of `ratePerSec`; the plan's `durationMs` is then their sum.
   *
   * @default one steady phase of `ratePerSec`
   */
  readonly phases?: readonly Phase[];
}

/** Each connection waits for its answer before it sends again. For saturation and herds. */
export interface ClosedLoad {
  readonly model: 'closed';
  readonly connections: number;
}

export interface GeneratorPlan {
  /** Base URLs of the service instances, e.g. `http://127.0.0.1:4001`; used in turn. */
  readonly targets: readonly string[];
  readonly load: OpenLoad | ClosedLoad;
  readonly durationMs: number;
  /** A request without a complete answer this long after its intended send time counts as a timeout. */
  readonly timeoutMs: number;
  /**
   * How often a client tries again, at once, what timed out, failed or was refused, each time for `timeoutMs`. The
   * request is offered once and ends in the class of its last try; its response time counts from the first. Open
   * load only.
   *
   * @default 0
   */
  readonly retries?: number;
  /** Connections per target at most (open load). */
  readonly maxConnections: number;
  /**
   * Whether a connection serves one request after the other. If not, each request says `Connection: close`
   * and has a connection of its own, whose setup is part of its service time.
   *
   * @default true
   */
  readonly keepAlive?: boolean;
  /** Of every request, in a load without `streams`. */
  readonly keys: KeyPopularity;
  /**
   * The parts that the load consists of, in place of `keys`. Open load only.
   *
   * @default one stream of reads that names no client
   */
  readonly streams?: readonly Stream[];
  /**
   * Path of every request, after the target's own path; the key takes the place of each `{item}`.
   *
   * @default '/items/{item}'
   */
  readonly path?: string;
  /**
   * File for the history of all operations (`record/history`); each write then has a value of its own. Only with
   * `streams`.
   *
   * @default none is kept
   */
  readonly history?: string;
  readonly seed: number;
  /** Decides which keys are the popular ones: loads that share it share those. @default `seed` */
  readonly rankSeed?: number;
  /** Width of a timeline window; `null` for no timeline. */
  readonly windowMs: number | null;
  /** How often to tell how the load stands. @default never */
  readonly progressEveryMs?: number;
}

/** One window of the timeline; a request belongs to the window of its intended send time. */
export interface LoadWindow {
  /** Window start in ms since the storm's start. */
  readonly tMs: number;
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
  /** Answered as the key calls for, in time. Absent from samples of earlier versions. */
  readonly good?: number;
  /** Response times of the window, HDR V2 compressed base64, microseconds. */
  readonly responseHistogram: string;
}

/** What the generator saw. `offered = completed + failed + timeout + lost + shed`, always. */
export interface GeneratorReport {
  /** Start of the storm on the machine's monotonic clock, microseconds. */
  readonly startedAtUs: number;
  /** Monotonic microseconds at which the last request was settled. */
  readonly finishedAtUs: number;
  readonly durationMs: number;
  readonly counts: LoadCounts;
  /** Requests answered with the expected status (200 for keys that exist, 404 for missing ones) in time. */
  readonly good: number;
  /** Answers by `x-cache` header; empty when the service sends none. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What came of each stream, by its name. Loads with streams only. */
  readonly streams?: Readonly<Record<string, StreamReport>>;
  /** Whether reads saw what was written before them. Loads with a stream of writes only. */
  readonly staleness?: StalenessReport;
  /** Failures by error code, e.g. `ECONNREFUSED`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Largest `x-age-ms` seen, or `null` when the service sends none. */
  readonly maxAgeMs: number | null;
  /** Tries beyond the first: what the services saw is `offered` and these. Absent when there were none. */
  readonly retried?: number;
  /** Timeouts whose request never left: no connection was free before the deadline. Open load only. */
  readonly neverSent?: number;
  /** In the history, to tell one that was cut short. Absent without one, and from samples of earlier versions. */
  readonly operations?: number;
  /** How much of the schedule was kept by the end of `durationMs`. Open load only; earlier samples lack it. */
  readonly withinStorm?: WithinStorm;
  readonly histograms: LoadHistograms;
  /** Empty when the plan asked for no timeline. */
  readonly windows: readonly LoadWindow[];
  /** CPU time that the generator process used during the storm, microseconds. */
  readonly cpuUs: number;
}

/** Requests counted before the storm's end. What is missing from `offered` came too late, or never. */
export interface WithinStorm {
  /** Taken up by the pacer: the generator did its part. */
  readonly takenUp: number;
  /** Of these, sent, or refused a connection. The rest waited for a free one, of which there was none. */
  readonly attempted: number;
}

/**
 * HDR V2 compressed base64, microseconds.
 *
 * Completed requests and timeouts count in `response`, completed ones in `service`; failures and refusals in
 * neither: they are often the fastest answers of all, and would make a breaking service look quick.
 */
export interface LoadHistograms {
  /** From the intended send time to the last byte of the body; a timeout stands at its deadline. */
  readonly response: string;
  /**
   * As `response`, less the generator's own delay: before it took the request up, and while it did not look for
   * answers. What its users waited is between the two. Open load only; reports of earlier versions lack it.
   */
  readonly onTime?: string;
  /** From the actual send to the last byte of the body. */
  readonly service: string;
  /** As `service`, of the answers that came from a cache (`x-cache: hit`, `l1` or `stale`). Absent when none did. */
  readonly cached?: string;
  /** Actual send minus intended: the generator's own delay, and the wait for a free connection. */
  readonly sendLag: string;
  /**
   * The generator's own delay alone: when it took up the request minus the intended time. This one says
   * whether the generator kept up; `sendLag` also grows when a slow service holds all connections.
   * Open load only: a closed load has no schedule to be late for.
   */
  readonly pacerLag?: string;
}

export interface StreamReport {
  readonly counts: LoadCounts;
  /** As in the whole load's report. */
  readonly good: number;
  /** Answers of 404 for keys that exist: users who were told that something is not there. */
  readonly falseNotFound: number;
  /** Requests whose deadline passed before they left. */
  readonly neverSent: number;
  readonly distinctKeys: number;
  /** Response times; see {@link LoadHistograms}. */
  readonly responseHistogram: string;
}

/** A read is stale if a newer version of its row had been acknowledged before the read was sent. */
export interface StalenessReport {
  /** Acknowledged in time, with a version. */
  readonly writes: number;
  /** Answered in time, with a version. */
  readonly reads: number;
  /** Of these, of rows of which a write had been acknowledged before: the others can't be stale. */
  readonly afterWrite: number;
  readonly stale: number;
  /** The stalest of all, in ms: what it was at least, and at most. 0 when none was stale. */
  readonly maxMs: { readonly atLeast: number; readonly atMost: number };
  /** How stale the stale reads were at least, HDR V2 compressed base64, microseconds. */
  readonly atLeastHistogram: string;
}

export interface LoadCounts {
  readonly offered: number;
  /** Answered in full, with a status below 500. */
  readonly completed: number;
  /** Answered with 5xx (other than a refusal), or the connection broke. */
  readonly failed: number;
  /** Not answered in full by the deadline. */
  readonly timeout: number;
  /** Sent, and never settled: zero unless the generator itself is broken or was stopped. */
  readonly lost: number;
  /** Refused by the service: 503 or 429 with `x-cache: shed`. */
  readonly shed: number;
}

/** How a load stands while it runs. */
export interface LoadProgress {
  readonly counts: LoadCounts;
  /** Of all response times so far; `null` before the first. */
  readonly responseP99Us: number | null;
  readonly interval: LoadInterval;
}

/** What came of a load between two looks at it. A request belongs to the interval in which it was settled. */
export interface LoadInterval {
  /** Of the plan's `progressEveryMs`, more or less: timers are late. */
  readonly tookMs: number;
  readonly completed: number;
  /** Median response time of the completed and of the timeouts; `null` when there were none. */
  readonly responseP50Us: number | null;
}

/** Harness to generator. */
export type GeneratorCommand =
  | { readonly type: 'start'; readonly plan: GeneratorPlan }
  | { readonly type: 'stop' };

/** Generator to harness. */
export type GeneratorMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly startedAtUs: number }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'report'; readonly report: GeneratorReport }
  | { readonly type: 'error'; readonly message: string; readonly storage?: true };
