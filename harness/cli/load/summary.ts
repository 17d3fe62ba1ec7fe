import { doubtfulPercentiles } from '../../analysis/generator-lag.ts';
import { ITEM } from '../../load/item-path.ts';
import type { GeneratorPlan, GeneratorReport, LoadCounts } from '../../load/protocol.ts';
import { LatencyHistogram } from '../../record/histogram.ts';
import { formatKeys } from './keys-option.ts';
import type { TargetUrl } from './target-url.ts';

/** What `cachestorm load` found, as `--json` prints it. Scripts build on these names: add, never change. */
export interface LoadSummary extends LoadCounts {
  readonly url: string;
  readonly model: 'open' | 'closed';
  /** Of an open load, as asked for. */
  readonly arrivals?: 'constant' | 'poisson';
  readonly ratePerSec?: number;
  /** At most in an open load, always in a closed one. */
  readonly connections: number;
  /** Whether a connection served more than one request. */
  readonly keepAlive: boolean;
  /** As `--keys` takes them; `null` when the URL has no `{item}`. */
  readonly keys: string | null;
  readonly seed: number;
  readonly timeoutMs: number;
  /** How long requests were offered; less than asked for when interrupted. */
  readonly durationMs: number;
  readonly interrupted: boolean;
  /** Completed requests per second of `durationMs`: never more than were offered. */
  readonly achievedRate: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Broken connections, by error code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Timeouts for which no connection was free in time; `null` for a closed load. */
  readonly neverSent: number | null;
  /** From the time at which a request should have left; a timeout stands at its deadline. */
  readonly responseMs: Spectrum;
  /**
   * As `responseMs`, less the generator's own delay: the true percentiles are between the two. `null` throughout for a
   * closed load.
   */
  readonly onTimeMs: Spectrum;
  /** From the time at which it did leave. */
  readonly serviceMs: Spectrum;
  /** Between the two: a late generator, or no free connection. */
  readonly sendLagMs: Spectrum;
  /** The generator's own part of it. */
  readonly pacerLagMs: Spectrum;
  /** CPU time that the generator used for one request, microseconds. */
  readonly cpuUsPerRequest: number | null;
  /** Percentiles of the response time, such as `p99`, of which the generator's own delay may be a good part. */
  readonly doubtful: readonly (keyof Spectrum)[];
  /** Response times, HDR V2 compressed base64, microseconds. */
  readonly histogram: string;
}

const PERCENTS = { p50: 50, p75: 75, p90: 90, p99: 99, p999: 99.9, p9999: 99.99, max: 100 } as const;

/** `null` throughout when nothing was recorded. */
export type Spectrum = Readonly<Record<keyof typeof PERCENTS, number | null>>;

export function summarise(
  target: TargetUrl,
  plan: GeneratorPlan,
  report: GeneratorReport,
  interrupted: boolean,
): LoadSummary {
  const { load } = plan;
  const { counts, histograms, durationMs } = report;
  return {
    url: target.text,
    model: load.model,
    ...(load.model === 'open' ? { arrivals: load.arrivals, ratePerSec: load.ratePerSec } : {}),
    connections: load.model === 'open' ? plan.maxConnections : load.connections,
    keepAlive: plan.keepAlive ?? true,
    keys: target.path.includes(ITEM) ? formatKeys(plan.keys) : null,
    seed: plan.seed,
    timeoutMs: plan.timeoutMs,
    durationMs,
    interrupted,
    ...counts,
    achievedRate: durationMs === 0 ? 0 : (counts.completed * 1e3) / durationMs,
    statuses: report.statuses,
    errors: report.errors,
    neverSent: report.neverSent ?? null,
    responseMs: spectrumOf(histograms.response),
    onTimeMs: spectrumOf(histograms.onTime),
    serviceMs: spectrumOf(histograms.service),
    sendLagMs: spectrumOf(histograms.sendLag),
    pacerLagMs: spectrumOf(histograms.pacerLag),
    cpuUsPerRequest: counts.offered === 0 ? null : report.cpuUs / counts.offered,
    doubtful: doubtfulOf(histograms),
    histogram: histograms.response,
  };
}

function doubtfulOf(histograms: GeneratorReport['histograms']): (keyof Spectrum)[] {
  const names = Object.keys(PERCENTS) as (keyof Spectrum)[];
  const doubtful = doubtfulPercentiles(histograms, Object.values(PERCENTS));
  return names.filter((name) => doubtful.some(({ percent }) => percent === PERCENTS[name]));
}

function spectrumOf(encoded: string | undefined): Spectrum {
  using histogram = encoded === undefined ? new LatencyHistogram() : LatencyHistogram.decode(encoded);
  const at = (percent: number): number | null => {
    const valueUs = histogram.percentile(percent);
    return valueUs === null ? null : valueUs / 1e3;
  };
  return Object.fromEntries(
    Object.entries(PERCENTS).map(([name, percent]) => [name, at(percent)]),
  ) as unknown as Spectrum;
}
