/** What the load generator's own lag can have done to the response times that it measured. */
import type { LoadHistograms } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';

/** A percentile whose true value lies between the two. Milliseconds. */
export interface DoubtfulPercentile {
  readonly percent: number;
  readonly atLeastMs: number;
  readonly ms: number;
}

/** As a share of the percentile, and in ms: less is a timer's lateness, which any machine has. */
const MATTERS_SHARE = 0.25;
const MATTERS_MS = 2;

/**
 * Finds the percentiles of the response time of which the generator's lag may be a good part: without it they could
 * be less by a quarter, and by 2 ms. A percentile of the lag does not show that: one stall of 56 ms in 12,000 requests
 * moved the 99th of the response time from 18 ms to 31, and no 99th of the lag.
 *
 * @returns nothing for a load that has no schedule to be late for, and for reports of earlier versions
 */
export function doubtfulPercentiles(
  { response, onTime }: Pick<LoadHistograms, 'response' | 'onTime'>,
  percents: readonly number[],
): DoubtfulPercentile[] {
  if (onTime === undefined) return [];
  using measured = LatencyHistogram.decode(response);
  using least = LatencyHistogram.decode(onTime);
  return percents.flatMap((percent) => {
    const [us, atLeastUs] = [measured.percentile(percent), least.percentile(percent)];
    if (us === null || atLeastUs === null) return [];
    const [ms, atLeastMs] = [us / 1e3, atLeastUs / 1e3];
    const doubt = ms - atLeastMs;
    return doubt >= MATTERS_MS && doubt >= MATTERS_SHARE * ms ? [{ percent, atLeastMs, ms }] : [];
  });
}
