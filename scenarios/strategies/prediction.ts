/** What theory is given of a trial, and what it says of it. */

/** What theory needs to know of a trial to predict it. */
export interface TheoryInput {
  /** Of the key that every request asks for; `null` in a scenario without one. */
  readonly hotKey: HotKeyTraffic | null;
  /** Requests for keys that exist nowhere, by the kind of attack; empty in a scenario without one. */
  readonly missing: readonly MissingTraffic[];
  /** P: service processes. */
  readonly instances: number;
  /** T: time to live of an entry, in seconds. */
  readonly ttlSec: number;
  /** D: seconds of the slowest load of the trial, waiting for a connection included (the service's measure). */
  readonly slowestLoadSec: number;
  /** S: seconds of the slowest answer of the trial, from its intended send time. */
  readonly slowestAnswerSec: number;
  /** E: seconds of the longest time for which a service's event loop stood still; 0 where it was not measured. */
  readonly longestStallSec: number;
  /** Service processes killed by faults, per expiry of the hot key; 0 in a scenario without either. */
  readonly killsPerExpiry: number;
  /** Of the storm's reads, means over the trials; absent where the counters of Redis are not the run's own. */
  readonly reads?: {
    /** Lookups of Redis that found nothing. */
    readonly misses: number;
    /** Requests, tries included, that no cache was said to have answered. */
    readonly unanswered: number;
    /** Misses whose load was never done: those of killed processes, and what was dropped after the storm. */
    readonly undone: number;
  };
  /** Rows of the dataset. */
  readonly rows: number;
  /** Whether all of them were written to the cache at once before the storm, and stayed there until they expired. */
  readonly preloaded: boolean;
  /** Whether rows that are there already are written during the storm. */
  readonly updates: boolean;
  /** Of writes whose history was kept; absent where none was. */
  readonly writes?: {
    /** Whether anything was done to servers or processes during the storm. */
    readonly faults: boolean;
    /** Acknowledged writes per second, while there were any. */
    readonly ratePerSec: number;
  };
  /** Of the best cache for the very keys that were asked for; absent where the cache has room for all, or it is not known. */
  readonly optimum?: Optimum;
  readonly parameters: Readonly<Record<string, number>>;
}

export interface HotKeyTraffic {
  /** r: requests offered per second for the key. */
  readonly ratePerSec: number;
  /**
   * d: seconds from the first miss until the entry was there again, measured from Redis's own notifications.
   * `NaN` when it never expired: bounds made from it are inconclusive. With `early` expiry nobody misses:
   * there it is the mean load as the service measured it.
   */
  readonly loadSec: number;
  /** Whether the requests come at equal distances. @default they come independently of each other */
  readonly evenlySpaced?: boolean;
}

/** What a cache could do at best that knows the future. Medians over the trials. */
export interface Optimum {
  /** Entries that it holds: as many as Redis held at most. */
  readonly entries: number;
  /** Its hits by the number of requests. */
  readonly hitRate: number;
}

/** Means over the trials. */
export interface MissingTraffic {
  /** A set of keys asked for again and again, or a new key in every request. */
  readonly attack: 'repeated' | 'endless';
  readonly requests: number;
  readonly distinctKeys: number;
  /** How long the attack went on. */
  readonly seconds: number;
  /** Clients that it came from. */
  readonly clients: number;
}

/** What theory says a metric must be. `low` or `high` is `null` where theory gives no limit on that side. */
export interface Prediction {
  readonly metric: string;
  /** What the formula gives; `null` when it only limits. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The formula in the words of the docs, e.g. `1 + r d`. */
  readonly formula: string;
  /**
   * What chance does to it, and so what it is held against. `poisson`: the loads of an expiry are arrivals in an
   * interval, and those of all rounds are added up; `geometric`: the same of geometric counts, which is what Poisson
   * counts of an exponentially distributed mean are; `binomial`: the same of independent requests, each of which causes
   * a load or none; `edge`: every round, but for one load that may fall on either side of the window's end; `always`: a
   * hard limit of every round; `none`: a limit of the median, which a moment of the machine may break in some round.
   */
  readonly tolerance: 'poisson' | 'geometric' | 'edge' | 'binomial' | 'none' | 'always';
}
