import { allMessages } from '../queue/counters.ts';
import { added } from '../service/total-report.ts';
import type { RelayReport } from './protocol.ts';

/**
 * The account of all processes that were in one place. What is in hand, under way or followed right now is known of the
 * living one.
 */
export function totalReport(living: RelayReport, ended: readonly RelayReport[]): RelayReport {
  const total = (pick: (report: RelayReport) => number) =>
    ended.reduce((sum, report) => sum + pick(report), pick(living));
  const { dbErrorCodes, queue } = living;
  return {
    ...living,
    applied: total(({ applied }) => applied),
    dbReads: total(({ dbReads }) => dbReads),
    dbWrites: total(({ dbWrites }) => dbWrites),
    dbErrors: total(({ dbErrors }) => dbErrors),
    backgroundErrors: total(({ backgroundErrors }) => backgroundErrors),
    cpuUs: total(({ cpuUs }) => cpuUs),
    ...(dbErrorCodes === undefined
      ? {}
      : { dbErrorCodes: added([living, ...ended].map((report) => report.dbErrorCodes ?? {})) }),
    ...(queue === undefined
      ? {}
      : {
          queue: {
            ...allMessages([queue, ...ended.flatMap((report) => report.queue ?? [])]),
            // What the others had in hand is the broker's again.
            inHand: queue.inHand,
          },
        }),
  };
}
