import { sum } from '../analysis/statistics/summary.ts';
import { readTruth, type TruthReading } from '../probes/ground-truth.ts';
import type { ServiceProcess } from '../service/process.ts';
import type { ServiceReport } from '../service/protocol.ts';
import type { TrialSite } from './site.ts';

/** How long queries may go on after the last request was settled; a queue behind the pool ends by then or never. */
const SETTLE_MS = 15_000;
/** How long the server may take to count the last statements, once nobody waits for them. */
const COUNT_MS = 2_000;

/** The database was still being queried long after the storm. */
export class SettleError extends Error {
  readonly code = 'E_SETTLE';
  override readonly name = 'SettleError';
}

export interface Settled {
  readonly truth: TruthReading;
  readonly reports: readonly ServiceReport[];
}

/**
 * Waits until no instance has a query under way and the server has counted all that they sent.
 *
 * The server counts a statement just after it has sent the answer, on a busy machine long after. When it
 * does not come to the services' count, the two are returned as they are: they disagree, and the analysis
 * says so.
 *
 * @param origin What the server had counted before the services started.
 * @throws SettleError when queries are still under way after 15 s.
 */
export async function settle(
  services: readonly ServiceProcess[],
  origin: TruthReading,
  { clock, signal, probes }: TrialSite,
): Promise<Settled> {
  const startedUs = clock.nowUs();
  let idleSinceUs: number | null = null;
  for (;;) {
    const reports = await Promise.all(services.map((service) => service.report()));
    const truth = await readTruth(probes);
    const nowUs = clock.nowUs();
    if (reports.every(({ dbInFlight }) => dbInFlight === 0)) {
      idleSinceUs ??= nowUs;
      const agreed =
        truth.dbReads - origin.dbReads === sum(reports.map(({ dbReads }) => dbReads)) &&
        truth.dbWrites - origin.dbWrites === sum(reports.map(({ dbWrites }) => dbWrites));
      if (agreed || nowUs - idleSinceUs > COUNT_MS * 1000) return { truth, reports };
    } else {
      idleSinceUs = null;
      if (nowUs - startedUs > SETTLE_MS * 1000) {
        const inFlight = reports.map(({ dbInFlight }) => dbInFlight).join(' + ');
        throw new SettleError(
          `${inFlight} queries are still under way ${SETTLE_MS / 1000} s after the storm`,
        );
      }
    }
    await clock.sleep(20, signal);
  }
}
