import { expect, test } from 'vitest';
import type { RelayReport } from './protocol.ts';
import { totalReport } from './total-report.ts';

const queue = { published: 5, confirmed: 4, delivered: 3, redelivered: 2, acked: 1, inHand: 6 };

function reportOf(n: number, more: Partial<RelayReport> = {}): RelayReport {
  return {
    ...{ applied: n, dbReads: 2 * n, dbWrites: 3 * n, dbInFlight: n, dbErrors: 4 * n },
    ...{ backgroundErrors: 5 * n, lastError: `error ${n}`, cpuUs: 6 * n, ...more },
  };
}

test('adds up what all processes of one place did; the living one says what is under way', () => {
  const log = { position: { file: 'f', offset: 1 }, waiting: 2, losses: 3, silences: 4 };
  expect(totalReport(reportOf(3, { queue, log }), [reportOf(1, { queue }), reportOf(2)])).toEqual({
    ...{ applied: 6, dbReads: 12, dbWrites: 18, dbInFlight: 3, dbErrors: 24 },
    ...{ backgroundErrors: 30, lastError: 'error 3', cpuUs: 36, log },
    // What the killed one had in hand is the broker's again.
    queue: { published: 10, confirmed: 8, delivered: 6, redelivered: 4, acked: 2, inHand: 6 },
  });
  expect(totalReport(reportOf(1), [])).toEqual(reportOf(1));
  const failed = reportOf(1, { dbErrorCodes: { ETIMEDOUT: 3 } });
  expect(totalReport(failed, [failed, reportOf(1)]).dbErrorCodes).toEqual({ ETIMEDOUT: 6 });
});
