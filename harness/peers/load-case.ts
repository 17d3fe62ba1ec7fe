import type { FrozenSpan } from '../selfcheck/server-freeze.ts';

/** One load on one server, that every tool is asked for. */
export interface LoadCase {
  /** Kebab-case, unique. */
  readonly name: string;
  /** What the server does, in a clause. */
  readonly shows: string;
  readonly ratePerSec: number;
  /** Whole seconds: wrk knows no other. */
  readonly durationSec: number;
  /** The server's delay before each answer, in milliseconds. */
  readonly delayMs: number;
  /** Since the first request. @default the server never stops */
  readonly freeze?: FrozenSpan;
  /** What an open load may have on its way at once: enough that none of its requests waits for a connection. */
  readonly inFlight: number;
  /**
   * Of a closed load, which has no rate: what Little's law gives for the rate and the delay, 1 at least. So it
   * comes as near to the rate as it can, and no nearer.
   */
  readonly closedConnections: number;
}

/** Of tools that divide the rate among connections, each of which waits for its answer. */
export const RATE_CONNECTIONS = 50;

/** Below 10 s each: wrk2 would throw away what it measured in its first 10. */
export const loadCases: readonly LoadCase[] = [
  {
    name: 'constant',
    shows: 'every answer takes 10 ms',
    ratePerSec: 1_000,
    durationSec: 4,
    delayMs: 10,
    inFlight: 100,
    closedConnections: 10,
  },
  {
    name: 'stall',
    shows: 'the server stops for 1 s of 6 s; else every answer takes 10 ms',
    ratePerSec: 500,
    durationSec: 6,
    delayMs: 10,
    freeze: { fromMs: 2_000, freezeMs: 1_000 },
    inFlight: 600,
    closedConnections: 5,
  },
  {
    name: 'null',
    shows: 'the server answers at once',
    ratePerSec: 5_000,
    durationSec: 4,
    delayMs: 0,
    inFlight: 100,
    closedConnections: 1,
  },
];
