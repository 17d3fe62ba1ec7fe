import { setTimeout as delay } from 'node:timers/promises';

/** Where time comes from. Injected everywhere, so that a test can stand in for it. */
export interface Clock {
  /**
   * Microseconds on the machine's monotonic clock.
   *
   * The zero point is the kernel's, not the process's: every process of one host reads the same clock,
   * which is what lets the generator, the service and the probes share one time axis.
   */
  nowUs(): number;
  /** Milliseconds since the Unix epoch. Only for what outlives the machine: names, provenance, entry ages. */
  wallMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when that is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowUs() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e6 + nanoseconds / 1e3;
  },
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    // A moment that has passed meanwhile is due now; Node would warn of a negative delay.
    try {
      await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node's own error only has the reason for its cause.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
