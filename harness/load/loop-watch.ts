/** Gaps between two ticks up to this are a timer's own; a longer one is a stall. */
const STALL_US = 2_000;

/**
 * Knows for how long the generator did not look: while its event loop stands still, answers arrive that it notices
 * only afterwards. Times in microseconds, on any one clock.
 */
export class LoopWatch {
  #tickedUs: number;
  /** When the stall began after which the last tick came; `null`: it came on time. */
  #stalledFromUs: number | null = null;

  constructor(nowUs: number) {
    this.#tickedUs = nowUs;
  }

  /** Must be called at the start of each tick. */
  ticked(nowUs: number): void {
    this.#stalledFromUs = nowUs - this.#tickedUs > STALL_US ? this.#tickedUs : null;
    this.#tickedUs = nowUs;
  }

  /**
   * Returns the earliest moment at which an answer that is noticed now can have arrived. Until the next tick, answers
   * that came in the stall can't be told from those that came after it.
   */
  sinceUs(nowUs: number): number {
    if (this.#stalledFromUs !== null) return this.#stalledFromUs;
    return nowUs - this.#tickedUs > STALL_US ? this.#tickedUs : nowUs;
  }
}
