import type { Check } from '../check.ts';
import { loggedResponsesMs, loggedServicesMs, openLoad, percentileOf, percentilesMs } from '../open-load.ts';
import { startTruthProcess } from '../truth-process.ts';

const DELAY_MS = 50;
const LOAD = { ratePerSec: 200, durationMs: 4_000 };
const TOLERANCE_MS = 1;
/** How late the server itself may be: later, and the delay is not constant any more. */
const SERVER_TOLERANCE_MS = 5;
const PERCENTS = [50, 99];

/**
 * Every answer takes exactly 50 ms, and the time from the send must say so. The time from the schedule must be
 * what the server's log says, which tells when each request should have left and when it was answered.
 */
export const constantDelay: Check = {
  name: 'constant-delay',
  shows: `every answer takes ${DELAY_MS} ms`,
  async measure({ generator, site, signal }) {
    await using server = await startTruthProcess(
      { behaviours: ['ok'], delay: { kind: 'constant', ms: DELAY_MS }, exact: true },
      site,
    );
    const report = await generator.run(openLoad(server.url, LOAD), signal);
    const log = await server.log();
    const responses = loggedResponsesMs(log, report.startedAtUs, LOAD.ratePerSec);
    const readings = percentilesMs(report.histograms.response, PERCENTS);
    const [serviceP50Ms = Number.NaN] = percentilesMs(report.histograms.service, [50]);
    const common = { unit: 'ms', tolerance: TOLERANCE_MS, noise: 'adds' } as const;
    return [
      ...PERCENTS.map((percent, index) => ({
        ...common,
        name: `p${percent}`,
        truth: percentileOf(responses, percent),
        reading: readings[index] ?? Number.NaN,
      })),
      // Not its p99: on a machine that sleeps between the requests one in a hundred is woken a little late.
      { ...common, name: 'service p50', truth: DELAY_MS, reading: serviceP50Ms },
      {
        name: 'server p99',
        unit: 'ms',
        truth: DELAY_MS,
        reading: percentileOf(loggedServicesMs(log), 99),
        tolerance: SERVER_TOLERANCE_MS,
        noise: 'itself',
      },
    ];
  },
};
