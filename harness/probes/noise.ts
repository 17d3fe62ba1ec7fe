import type { Clock } from '../time/clock.ts';

/** How much of a core this machine takes away from a process that never waits. */
export interface Noise {
  /** Share of the time spent in gaps of over 0.2 ms, 0 to 1. */
  readonly lostShare: number;
  readonly worstGapMs: number;
}

const GAP_US = 200;

/** Spins for `durationMs` and looks for jumps of the clock. Blocks the event loop: for `doctor`, not for a run. */
export function measureNoise(clock: Clock, durationMs: number): Noise {
  const startUs = clock.nowUs();
  let lastUs = startUs;
  let lostUs = 0;
  let worstUs = 0;
  while (lastUs - startUs < durationMs * 1000) {
    const nowUs = clock.nowUs();
    const gapUs = nowUs - lastUs;
    if (gapUs > GAP_US) lostUs += gapUs;
    worstUs = Math.max(worstUs, gapUs);
    lastUs = nowUs;
  }
  return { lostShare: lostUs / (lastUs - startUs), worstGapMs: worstUs / 1000 };
}

/** How late a process woke up that only wanted to sleep. */
export interface Lateness {
  /** Exceeded by one wake-up in a hundred. Timers alone are up to a millisecond late on any machine. */
  readonly p99Ms: number;
  readonly worstMs: number;
}

const NAP_MS = 5;

/** Watches how late this process wakes up until stopped: costs next to nothing, unlike `measureNoise`. */
export function watchLateness(clock: Clock): { stop(): Promise<Lateness> } {
  const stopping = new AbortController();
  const latenessesUs: number[] = [];

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const dueUs = clock.nowUs() + NAP_MS * 1e3;
      await clock.sleep(NAP_MS, stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted) latenessesUs.push(clock.nowUs() - dueUs);
    }
  }
  const done = watch();
  return {
    async stop() {
      stopping.abort();
      await done;
      const sorted = latenessesUs.sort((a, b) => a - b);
      const p99Us = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
      return { p99Ms: Math.max(0, p99Us / 1e3), worstMs: Math.max(0, (sorted.at(-1) ?? 0) / 1e3) };
    },
  };
}
