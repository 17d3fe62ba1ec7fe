import { expect, it } from 'vitest';
import type { TruthLog } from '../selfcheck/truth-protocol.ts';
import type { LoadCase } from './load-case.ts';
import { requestsBetween, truthOf } from './truth.ts';

const CASE: LoadCase = {
  name: 'test',
  shows: 'nothing',
  ratePerSec: 100,
  durationSec: 2,
  delayMs: 10,
  inFlight: 1,
  closedConnections: 1,
};

/** Requests at these times, in milliseconds, each answered after `serviceMs(index)`; `null`: never. */
function logOf(timesMs: readonly number[], serviceMs: (index: number) => number | null): TruthLog {
  const startUs = 7e9;
  const received = timesMs.map((atMs, index) => {
    const tookMs = serviceMs(index);
    const arrivedUs = startUs + atMs * 1e3;
    return {
      ...{ path: '/', behaviour: 'ok' as const, closes: false, arrivedUs },
      answeredUs: tookMs === null ? null : arrivedUs + tookMs * 1e3,
    };
  });
  return { received, connections: 1 };
}

const every = (gapMs: number, count: number): number[] => Array.from({ length: count }, (_, i) => i * gapMs);

it('takes the percentiles of the server’s own times', () => {
  const { latencyMs, requests, deliveredPerSec, busiestTenth } = truthOf(
    logOf(every(10, 200), (index) => index + 1),
    CASE,
    undefined,
  );
  expect(latencyMs).toEqual({ p50: 100, p90: 180, p99: 198, max: 200 });
  expect({ requests, deliveredPerSec, busiestTenth }).toEqual({
    requests: 200,
    deliveredPerSec: 100,
    busiestTenth: 10,
  });
});

it('leaves the unanswered out of the latencies, and counts them as delivered', () => {
  const truth = truthOf(
    logOf(every(10, 200), (index) => (index < 100 ? 5 : null)),
    CASE,
    undefined,
  );
  expect(truth.latencyMs.max).toBe(5);
  expect(truth.deliveredPerSec).toBe(100);
});

it('does not take for delivered what comes too late, and sees bursts', () => {
  const bursts = [...Array(100).fill(0), ...Array(100).fill(1_000), ...Array(100).fill(2_000)] as number[];
  const truth = truthOf(
    logOf(bursts, () => 10),
    CASE,
    undefined,
  );
  expect(truth).toMatchObject({ requests: 300, deliveredPerSec: 100, busiestTenth: 100 });
});

it('knows what those waited who were never sent', () => {
  // A closed loop of one connection: nothing at all reaches a server that stands still.
  const sent = [...every(10, 50), ...every(10, 100).map((atMs) => atMs + 1_000)];
  const log = logOf(sent, () => 10);
  const { latencyMs } = truthOf(log, CASE, { fromMs: 500, freezeMs: 500 });
  expect(latencyMs.p50).toBe(10);
  // F + 2B - D / 10, a request either way.
  expect(Math.abs(latencyMs.p90 - (500 + 20 - 200))).toBeLessThanOrEqual(10);
  expect(latencyMs.max).toBe(510);
  expect(truthOf(log, CASE, undefined).latencyMs.max).toBe(10);
});

it('counts requests in a part of the run', () => {
  const log = logOf(every(10, 200), () => 1);
  expect(requestsBetween(log, 500, 1_500)).toBe(100);
  expect(requestsBetween({ received: [], connections: 0 }, 0, 1)).toBe(0);
});

it('has nothing to say of a run without requests', () => {
  const truth = truthOf({ received: [], connections: 0 }, CASE, undefined);
  expect(truth).toMatchObject({ requests: 0, deliveredPerSec: 0, busiestTenth: 0 });
  expect(truth.latencyMs.p50).toBeNaN();
});
