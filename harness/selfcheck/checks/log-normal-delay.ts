import type { Check } from '../check.ts';
import { loggedResponsesMs, openLoad, percentileOf, percentilesMs } from '../open-load.ts';
import { startTruthProcess } from '../truth-process.ts';

const DELAY = {
  kind: 'log-normal',
  medianMs: 10,
  sigma: 0.5,
  outlierEvery: 100,
  outlierMs: 400,
  seed: 1,
} as const;
const LOAD = { ratePerSec: 250, durationMs: 4_000 };
/** p99 would lie on the edge of the outliers, and jump with a single one; these lie on either side. */
const PERCENTS = [50, 90, 99.5];
const TOLERANCE_MS = 1;
/** Of the truth, on top: with delays spread so wide, a few late answers move a percentile further. */
const TOLERANCE = 0.02;

/** Delays as real services have them, 1% of them outliers: the percentiles must be those of the server's log. */
export const logNormalDelay: Check = {
  name: 'log-normal-delay',
  shows: 'a log-normal delay with 1% outliers',
  async measure({ generator, site, signal }) {
    await using server = await startTruthProcess({ behaviours: ['ok'], delay: DELAY }, site);
    const report = await generator.run(openLoad(server.url, LOAD), signal);
    const responses = loggedResponsesMs(await server.log(), report.startedAtUs, LOAD.ratePerSec);
    const readings = percentilesMs(report.histograms.response, PERCENTS);
    return PERCENTS.map((percent, index) => {
      const truth = percentileOf(responses, percent);
      return {
        name: `p${percent}`,
        unit: 'ms',
        truth,
        reading: readings[index] ?? Number.NaN,
        tolerance: TOLERANCE_MS + TOLERANCE * truth,
        noise: 'adds',
      };
    });
  },
};
