import type { Figure } from './check.ts';
import { ksCritical, ksDistance } from './kolmogorov-smirnov.ts';

export interface PoissonLoad {
  readonly ratePerSec: number;
  readonly durationMs: number;
}

/** What chance exceeds once in a hundred times, to either side, in standard deviations. */
const Z = 2.576;
/** Far above a tick, and five requests at 200/s. */
const WINDOW_MS = 25;
const TICK_MS = 1;

/**
 * Returns what tells a Poisson process of a known rate from others. Each figure sees what the others don't:
 *
 * - the count, another rate, whatever the order;
 * - the dispersion of the counts in windows of 25 ms (variance / mean, R. A. Fisher's index), arrivals that keep away
 *   from each other, as every second one of a Poisson process does (0.5), or that come in groups (above 1);
 * - the distance of the gaps from the exponential distribution, gaps that are alike: a tick of a millisecond blurs it.
 *
 * @param arrivalsMs in their order, since the start of the load
 */
export function poissonFigures(
  arrivalsMs: readonly number[],
  { ratePerSec, durationMs }: PoissonLoad,
): readonly Figure[] {
  const expected = (ratePerSec * durationMs) / 1e3;
  const windows = Math.floor(durationMs / WINDOW_MS);
  const gapsMs = arrivalsMs.slice(1).map((atMs, index) => atMs - (arrivalsMs[index] ?? atMs));
  const exponential = (gapMs: number): number => 1 - Math.exp((-gapMs * ratePerSec) / 1e3);
  return [
    {
      name: 'arrivals',
      unit: 'requests',
      truth: expected,
      reading: arrivalsMs.length,
      tolerance: Z * Math.sqrt(expected),
      noise: 'nothing',
    },
    {
      name: 'dispersion',
      unit: '',
      truth: 1,
      reading: dispersionOf(arrivalsMs, windows),
      tolerance: Z * Math.sqrt(2 / (windows - 1)),
      // A stall makes a group of whatever it holds up.
      noise: 'adds',
    },
    {
      name: 'distance',
      unit: '',
      truth: 0,
      reading: ksDistance(gapsMs, exponential),
      // What a tick does to every gap comes on top of chance.
      tolerance: ksCritical(gapsMs.length) + exponential(TICK_MS),
      noise: 'shifts',
    },
  ];
}

/** Variance over mean of the number of arrivals in a window; `NaN` without arrivals. */
function dispersionOf(arrivalsMs: readonly number[], windows: number): number {
  const counts = new Array<number>(windows).fill(0);
  for (const atMs of arrivalsMs) {
    const window = Math.floor(atMs / WINDOW_MS);
    // The last may come after the end of the load, by the way to the server.
    if (window < windows) counts[window] = (counts[window] ?? 0) + 1;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / windows;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (windows - 1) / mean;
}
