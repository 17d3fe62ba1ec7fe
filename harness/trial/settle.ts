import { sum } from '../analysis/statistics/summary.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { readTruth, type TruthReading } from '../probes/ground-truth.ts';
import { agreeing } from '../result/agreement.ts';
import type { ServiceInstance } from '../service/instance.ts';
import type { ServiceReport } from '../service/protocol.ts';
import type { TrialSite } from './site.ts';

/** How long queries may be under way without one of them being answered, beside the time that each takes by design. */
const STALL_MS = 15_000;
/** How long the server may take to count the last statements, once nobody waits for them. */
const COUNT_MS = 2_000;

/** The database was still being queried long after the storm, or did not answer any more. */
export class SettleError extends CachestormError {
  readonly code = 'E_SETTLE';
  readonly failure = 'inconclusive';
  override readonly name = 'SettleError';
}

export interface Settled {
  readonly truth: TruthReading;
  readonly reports: readonly ServiceReport[];
  /** Loads that were dropped because the queue was still there after `drainMs`; the server never saw them. */
  readonly abandoned: number;
}

/**
 * Waits until no instance has a query under way and the server has counted all that they sent.
 *
 * The server counts a statement just after it has sent the answer, on a busy machine long after. When it
 * does not come to the services' count, the two are returned as they are: they disagree, and the analysis
 * says so.
 *
 * A queue that an overload left behind is made of loads that nobody waits for any more: after `drainMs` what is
 * left of it is dropped.
 *
 * @param origin What the server had counted before the services started.
 * @throws SettleError when queries are under way and none is answered for 15 s and a query's own time.
 */
export async function settle(
  services: readonly ServiceInstance[],
  origin: TruthReading,
  { clock, signal, probes }: TrialSite,
  { drainMs, queryMs }: { readonly drainMs: number; readonly queryMs: number },
): Promise<Settled> {
  let abandoned = 0;
  const startedUs = clock.nowUs();
  let answered = { inFlight: Number.POSITIVE_INFINITY, reads: -1, sinceUs: startedUs };
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
      if (agreed || nowUs - idleSinceUs > COUNT_MS * 1000) return { truth, reports, abandoned };
    } else {
      idleSinceUs = null;
      const inFlight = sum(reports.map(({ dbInFlight }) => dbInFlight));
      const reads = truth.dbReads + truth.dbWrites;
      if (inFlight < answered.inFlight || reads > answered.reads)
        answered = { inFlight, reads, sinceUs: nowUs };
      if (abandoned === 0 && nowUs - startedUs > drainMs * 1000) {
        abandoned = inFlight;
        for (const service of services) service.abandon();
      }
      if (nowUs - answered.sinceUs > (STALL_MS + queryMs) * 1000) {
        const seconds = ((nowUs - startedUs) / 1e6).toFixed(0);
        throw new SettleError(
          `${inFlight} ${agreeing(inFlight, 'query is', 'queries are')} still under way ${seconds} s after the last request`,
        );
      }
    }
    await clock.sleep(20, signal);
  }
}
