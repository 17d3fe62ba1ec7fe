import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ServiceReport } from './protocol.ts';

/** How often the loop is expected to come round. Costs 100 timers a second, in native code. */
const RESOLUTION_MS = 10;

export interface EventLoopWatch {
  /** Forgets what was before: the warm-up compiles code, and stalls for it. */
  restart(): void;
  read(): NonNullable<ServiceReport['eventLoopDelayMs']>;
}

/** Watches how long this process leaves its event loop alone. */
export function watchEventLoop(): EventLoopWatch {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  // The histogram holds whole intervals, in nanoseconds.
  const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  return {
    restart: () => delays.reset(),
    read: () => ({ p99: late(delays.percentile(99)), max: late(delays.max) }),
  };
}
