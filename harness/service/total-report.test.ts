import { expect, test } from 'vitest';
import type { ServiceReport } from './protocol.ts';
import { totalReport } from './total-report.ts';

function reportOf(n: number, more: Partial<ServiceReport> = {}): ServiceReport {
  return {
    ...{ dbReads: n, dbWrites: 10 * n, dbInFlight: n, dbErrors: 100 * n, slowestLoadMs: 50 - n },
    ...{ totalLoadMs: 1_000 * n, backgroundErrors: 2 * n, cpuUs: 3 * n, ...more },
  };
}

const queue = { published: 5, confirmed: 4, delivered: 3, redelivered: 2, acked: 1, inHand: 6 };

test('adds up what all processes of one place did; the living one says what is under way', () => {
  const eventLoopDelayMs = { p99: 1, max: 2 };
  expect(totalReport(reportOf(3, { eventLoopDelayMs }), [reportOf(1), reportOf(2)])).toEqual({
    ...{ dbReads: 6, dbWrites: 60, dbInFlight: 3, dbErrors: 600, slowestLoadMs: 49, totalLoadMs: 6_000 },
    ...{ backgroundErrors: 12, cpuUs: 18, eventLoopDelayMs },
  });
});

test('adds up what only some of them counted', () => {
  const dbErrorCodes = { ER_CON_COUNT_ERROR: 2 };
  const living = reportOf(1, {
    dbErrorCodes,
    askedByFamily: { item: 1 },
    counters: { wastedRefreshes: 3 },
    queue,
  });
  const ended = reportOf(2, {
    dbErrorCodes: { ER_CON_COUNT_ERROR: 1, ETIMEDOUT: 3 },
    askedByFamily: { item: 4, missing: 2 },
    counters: { wastedRefreshes: 4 },
    queue,
  });
  expect(totalReport(living, [ended, reportOf(3)])).toMatchObject({
    dbErrorCodes: { ER_CON_COUNT_ERROR: 3, ETIMEDOUT: 3 },
    askedByFamily: { item: 5, missing: 2 },
    counters: { wastedRefreshes: 7 },
    queue: { published: 10, confirmed: 8, delivered: 6, redelivered: 4, acked: 2, inHand: 12 },
  });
});
