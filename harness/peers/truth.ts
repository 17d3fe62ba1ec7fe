import { frozenResponsesMs } from '../selfcheck/freeze-theory.ts';
import { loggedServicesMs, percentileOf } from '../selfcheck/open-load.ts';
import type { FrozenSpan } from '../selfcheck/server-freeze.ts';
import type { TruthLog } from '../selfcheck/truth-protocol.ts';
import type { LoadCase } from './load-case.ts';
import { PERCENTS, type Percentiles } from './percentiles.ts';

/** What the server knows of a run, whatever the tool says. */
export interface Truth {
  readonly latencyMs: Percentiles;
  /** Requests that it ever received of the tool. */
  readonly requests: number;
  /** Requests that came within the case's duration from the first on, per second of it. */
  readonly deliveredPerSec: number;
  /** Most requests in one of the tenths of a second from the first on. */
  readonly busiestTenth: number;
}

/**
 * Latencies are, of a server that never stops, its own times from a request's arrival to the answer, as its log
 * of this very run has them: a tool that sends in bursts is held to what its bursts did.
 *
 * Of one that stops, what users wait who come at the case's rate of their own accord, in closed form from when
 * exactly it stopped and went on (`freeze-theory.ts`): the log can't have those who were never sent.
 *
 * @param frozen when it stopped, since the first request; `undefined`: it never did
 */
export function truthOf(log: TruthLog, loadCase: LoadCase, frozen: FrozenSpan | undefined): Truth {
  const { ratePerSec, durationSec } = loadCase;
  const arrivals = arrivalsMs(log);
  const services = loggedServicesMs(log);
  const latencies =
    frozen === undefined
      ? services
      : frozenResponsesMs({
          ratePerSec,
          durationMs: durationSec * 1e3,
          ...frozen,
          serviceMs: percentileOf(services, 50),
          connections: Number.POSITIVE_INFINITY,
        });
  const at = (percent: number): number => percentileOf(latencies, percent);
  const inTime = arrivals.filter((atMs) => atMs < durationSec * 1e3).length;
  return {
    latencyMs: { p50: at(PERCENTS.p50), p90: at(PERCENTS.p90), p99: at(PERCENTS.p99), max: at(PERCENTS.max) },
    requests: arrivals.length,
    deliveredPerSec: inTime / durationSec,
    busiestTenth: busiestTenth(arrivals),
  };
}

/** Requests that the server received from `fromMs` to before `toMs`, since the first. */
export function requestsBetween(log: TruthLog, fromMs: number, toMs: number): number {
  return arrivalsMs(log).filter((atMs) => atMs >= fromMs && atMs < toMs).length;
}

function arrivalsMs({ received }: TruthLog): number[] {
  const firstUs = received[0]?.arrivedUs ?? 0;
  return received.map(({ arrivedUs }) => (arrivedUs - firstUs) / 1e3);
}

function busiestTenth(arrivals: readonly number[]): number {
  const tenths = new Map<number, number>();
  let busiest = 0;
  for (const atMs of arrivals) {
    const tenth = Math.floor(atMs / 100);
    const requests = (tenths.get(tenth) ?? 0) + 1;
    tenths.set(tenth, requests);
    busiest = Math.max(busiest, requests);
  }
  return busiest;
}
