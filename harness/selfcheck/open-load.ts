import type { GeneratorPlan, GeneratorReport, OpenLoad } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { TruthLog } from './truth-protocol.ts';

export interface OpenLoadSettings {
  readonly ratePerSec: number;
  readonly durationMs: number;
  /** @default 'constant' */
  readonly arrivals?: OpenLoad['arrivals'];
  /** @default 5000 */
  readonly timeoutMs?: number;
  /** @default 256 */
  readonly maxConnections?: number;
}

/** Requests are named by their number, so that a server's log and the schedule can be put side by side. */
const NAMES = { kind: 'scan', count: 2 ** 31 } as const;

/** A plan of an open load on one server. */
export function openLoad(url: string, settings: OpenLoadSettings): GeneratorPlan {
  const { ratePerSec, durationMs, arrivals = 'constant', timeoutMs = 5_000, maxConnections = 256 } = settings;
  return {
    targets: [url],
    load: { model: 'open', arrivals, ratePerSec },
    durationMs,
    timeoutMs,
    maxConnections,
    keys: NAMES,
    seed: 1,
    windowMs: 100,
  };
}

/**
 * Response times as the server's own log has them, ascending: from the time at which a request should have
 * left, which a constant rate fixes for each, to the server's answer.
 */
export function loggedResponsesMs(log: TruthLog, startedAtUs: number, ratePerSec: number): number[] {
  const responses: number[] = [];
  for (const { path, answeredUs } of log.received) {
    const index = Number(path.slice(path.lastIndexOf('-') + 1));
    if (answeredUs !== null) {
      responses.push((answeredUs - startedAtUs) / 1e3 - (index * 1e3) / ratePerSec);
    }
  }
  return responses.sort((a, b) => a - b);
}

/** Times from the arrival of a request to the server's answer, ascending. */
export function loggedServicesMs({ received }: TruthLog): number[] {
  return received
    .flatMap(({ arrivedUs, answeredUs }) => (answeredUs === null ? [] : [(answeredUs - arrivedUs) / 1e3]))
    .sort((a, b) => a - b);
}

/** The value that so many percent of the ascending values do not exceed: nearest rank, as HdrHistogram has it. */
export function percentileOf(ascending: readonly number[], percent: number): number {
  return ascending[Math.max(1, Math.ceil((percent / 100) * ascending.length)) - 1] ?? Number.NaN;
}

/** Reads percentiles, in milliseconds, off one of the generator's histograms. */
export function percentilesMs(encoded: string, percents: readonly number[]): number[] {
  using histogram = LatencyHistogram.decode(encoded);
  return percents.map((percent) => (histogram.percentile(percent) ?? Number.NaN) / 1e3);
}

/** Every request ends in exactly one class. */
export function settledOf({ counts }: GeneratorReport): number {
  const { completed, failed, timeout, lost, shed } = counts;
  return completed + failed + timeout + lost + shed;
}
