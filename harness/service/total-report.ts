import { allMessages } from '../queue/counters.ts';
import type { ServiceReport } from './protocol.ts';

/**
 * The account of all processes that were in one place. Nobody is left to wait for the loads of those that ended; what
 * the event loop did is known of the living one.
 */
export function totalReport(living: ServiceReport, ended: readonly ServiceReport[]): ServiceReport {
  const all = [living, ...ended];
  const total = (pick: (report: ServiceReport) => number) => all.reduce((sum, one) => sum + pick(one), 0);
  const { askedByFamily, counters, dbErrorCodes, queue } = living;
  return {
    ...living,
    dbReads: total(({ dbReads }) => dbReads),
    dbWrites: total(({ dbWrites }) => dbWrites),
    dbErrors: total(({ dbErrors }) => dbErrors),
    slowestLoadMs: Math.max(...all.map(({ slowestLoadMs }) => slowestLoadMs)),
    totalLoadMs: total(({ totalLoadMs }) => totalLoadMs),
    backgroundErrors: total((report) => report.backgroundErrors),
    cpuUs: total(({ cpuUs }) => cpuUs),
    ...(dbErrorCodes === undefined
      ? {}
      : { dbErrorCodes: added(all.map((report) => report.dbErrorCodes ?? {})) }),
    ...(askedByFamily === undefined
      ? {}
      : { askedByFamily: added(all.map((report) => report.askedByFamily ?? {})) }),
    ...(queue === undefined ? {} : { queue: allMessages(all.flatMap((report) => report.queue ?? [])) }),
    ...(counters === undefined ? {} : { counters: added(all.map((report) => ({ ...report.counters }))) }),
  };
}

/** Returns counts of the same name together. */
export function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of all.flatMap((one) => Object.entries(one)))
    sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
