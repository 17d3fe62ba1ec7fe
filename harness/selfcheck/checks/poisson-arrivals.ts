import type { Check } from '../check.ts';
import { openLoad } from '../open-load.ts';
import { poissonFigures } from '../poisson-figures.ts';
import { startTruthProcess } from '../truth-process.ts';

/** A thousand arrivals: enough to tell a rate that is off by a tenth. */
const LOAD = { ratePerSec: 200, durationMs: 5_000, arrivals: 'poisson' } as const;

/**
 * The requests as the server saw them come must be a Poisson process of the rate that was asked for: users who know
 * nothing of each other. Those who keep away from each other would never meet in a herd.
 */
export const poissonArrivals: Check = {
  name: 'poisson-arrivals',
  shows: 'rate and shape of Poisson arrivals',
  async measure({ generator, site, signal }) {
    await using server = await startTruthProcess({ behaviours: ['ok'], delay: { kind: 'none' } }, site);
    const { startedAtUs } = await generator.run(openLoad(server.url, LOAD), signal);
    const { received } = await server.log();
    return poissonFigures(
      received.map(({ arrivedUs }) => (arrivedUs - startedAtUs) / 1e3),
      LOAD,
    );
  },
};
