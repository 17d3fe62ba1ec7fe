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
