import type { Check } from '../check.ts';
import { ksCritical, ksDistance } from '../kolmogorov-smirnov.ts';
import { openLoad } from '../open-load.ts';
import { startTruthProcess } from '../truth-process.ts';

/** Low enough that the generator's ticks of a millisecond hardly show in gaps of 20 ms. */
const LOAD = { ratePerSec: 50, durationMs: 5_000, arrivals: 'poisson' } as const;
const TICK_MS = 1;

/**
 * The gaps between the requests as the server saw them come must be exponential: those of users who know
 * nothing of each other. Evenly spaced ones, at a distance of 0.63, would never meet in a herd.
 */
export const poissonArrivals: Check = {
  name: 'poisson-arrivals',
  shows: 'the gaps of Poisson arrivals (Kolmogorov-Smirnov)',
  async measure({ generator, site, signal }) {
    await using server = await startTruthProcess({ behaviours: ['ok'], delay: { kind: 'none' } }, site);
    await generator.run(openLoad(server.url, LOAD), signal);
    const arrivals = (await server.log()).received.map(({ arrivedUs }) => arrivedUs);
    const gapsMs = arrivals.slice(1).map((atUs, index) => (atUs - (arrivals[index] ?? atUs)) / 1e3);
    const exponential = (gapMs: number): number => 1 - Math.exp((-gapMs * LOAD.ratePerSec) / 1e3);
    return [
      {
        name: 'distance',
        unit: '',
        truth: 0,
        reading: ksDistance(gapsMs, exponential),
        // What chance does once in a hundred times, and what a tick does to every gap.
        tolerance: ksCritical(gapsMs.length) + exponential(TICK_MS),
        noise: 'shifts',
      },
    ];
  },
};
