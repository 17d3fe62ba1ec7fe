import type { Check } from '../check.ts';
import { openLoad, percentilesMs } from '../open-load.ts';
import { startTruthProcess } from '../truth-process.ts';

/** Some five times what the built-in scenarios ask of it. */
const LOAD = { ratePerSec: 5_000, durationMs: 2_000, maxConnections: 64 };
/** Compiles the server's hot paths: while it is slow the generator opens connections, which cost it more than requests. */
const WARM_UP = { ...LOAD, durationMs: 300 };
const REQUESTS = (LOAD.ratePerSec * LOAD.durationMs) / 1e3;
/** Half of a query of 20 ms, the point at which a run is called inconclusive. */
const LAG_P99_MS = 10;
const CPU_PERCENT = 80;

/** Against a server that does nothing the generator itself must be far from its end. */
export const headroom: Check = {
  name: 'headroom',
  shows: `${LOAD.ratePerSec}/s to a server that does nothing`,
  async measure({ generator, site, signal }) {
    await using server = await startTruthProcess({ behaviours: ['ok'], delay: { kind: 'none' } }, site);
    await generator.run(openLoad(server.url, WARM_UP), signal);
    await server.forget();
    const report = await generator.run(openLoad(server.url, LOAD), signal);
    const { received } = await server.log();
    const [lagMs = Number.NaN] = percentilesMs(report.histograms.pacerLag ?? '', [99]);
    const elapsedUs = report.finishedAtUs - report.startedAtUs;
    const limit = { truth: 0, noise: 'adds', atMost: true } as const;
    return [
      { ...limit, name: 'lag p99', unit: 'ms', reading: lagMs, tolerance: LAG_P99_MS },
      {
        name: 'received',
        unit: '',
        truth: REQUESTS,
        reading: received.length,
        tolerance: 0,
        noise: 'nothing',
      },
      {
        name: 'completed',
        unit: '',
        truth: received.length,
        reading: report.counts.completed,
        tolerance: 0,
        noise: 'shifts',
      },
      {
        ...limit,
        name: 'cpu',
        unit: '%',
        reading: (100 * report.cpuUs) / elapsedUs,
        tolerance: CPU_PERCENT,
      },
    ];
  },
};
