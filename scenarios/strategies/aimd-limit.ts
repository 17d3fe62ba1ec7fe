export interface AimdOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** A load that takes longer says that there are too many at once. */
  readonly targetMs: number;
  /** What the limit is multiplied with then, in (0, 1). */
  readonly decrease: number;
}

export interface LoadObservation {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Loads under way when it ended, itself among them. */
  readonly inFlight: number;
  readonly failed: boolean;
}

/**
 * How many loads may run at once, found from how long they take: one more for every round of loads that stay
 * within the target, a share fewer when one does not. It has no clock of its own.
 *
 * Not a gradient against the latency of better times (Gradient2): a process that starts in the storm has seen no
 * better times and takes the overload for normal (simulated on 16 connections, saturated: it rose to its maximum in
 * 40 rounds). The price is a target to be set.
 *
 * Source: AIMD, Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion avoidance", 1989;
 * AIMDLimit in Netflix's concurrency-limits.
 */
export class AimdLimit {
  readonly #options: AimdOptions;
  #limit: number;
  #decreasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: AimdOptions) {
    this.#options = options;
    this.#limit = clamp(options.initial, options);
  }

  /** A whole number of at least 1. */
  get current(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  observe({ startedAtMs, endedAtMs, inFlight, failed }: LoadObservation): void {
    const { targetMs, decrease } = this.#options;
    if (failed || endedAtMs - startedAtMs > targetMs) {
      // Loads that were under way at the last decrease could not know of it: one step a round, not one a load.
      if (startedAtMs < this.#decreasedAtMs) return;
      this.#decreasedAtMs = endedAtMs;
      this.#limit = clamp(this.#limit * decrease, this.#options);
      return;
    }
    // A limit that is not used has not been tried.
    if (inFlight * 2 < this.#limit) return;
    this.#limit = clamp(this.#limit + 1 / this.#limit, this.#options);
  }
}

function clamp(limit: number, { min, max }: Pick<AimdOptions, 'min' | 'max'>): number {
  return Math.min(max, Math.max(min, limit));
}
