import { expect, test } from 'vitest';
import { isIdle, type RelayLook } from './idle.ts';
import type { RelayBacklog, RelayReport } from './protocol.ts';

const UNTIL = { file: 'binlog.000001', offset: 500 };
const EMPTY: RelayBacklog = { queue: 0, outbox: false, own: 0 };
const MESSAGES = { published: 0, confirmed: 0, delivered: 7, redelivered: 0, acked: 7, inHand: 0 };
const RESTING: RelayReport = {
  applied: 7,
  dbReads: 0,
  dbWrites: 0,
  dbInFlight: 0,
  dbErrors: 0,
  backgroundErrors: 0,
  lastError: null,
  cpuUs: 0,
  queue: MESSAGES,
  log: { position: UNTIL, waiting: 0, losses: 0, silences: 0 },
};

function look(report: Partial<RelayReport> = {}, backlog: Partial<RelayBacklog> = {}): RelayLook {
  return { reports: [RESTING, { ...RESTING, ...report }], backlogs: [EMPTY, { ...EMPTY, ...backlog }] };
}

test('idle is nothing before them, nothing in hand, and nothing moving in between', () => {
  expect(isIdle(look(), look(), UNTIL)).toBe(true);
});

test.each<[string, RelayLook]>([
  ['a message waits', look({}, { queue: 1 })],
  ['the broker can’t be asked', look({}, { queue: null })],
  ['the outbox holds something', look({}, { outbox: true })],
  ['a list of its own is not empty', look({}, { own: 3 })],
  ['a message is in hand', look({ queue: { ...MESSAGES, inHand: 1 } })],
  ['a statement is under way', look({ dbInFlight: 1 })],
  [
    'the log was not followed so far',
    look({ log: { position: { ...UNTIL, offset: 499 }, waiting: 0, losses: 0, silences: 0 } }),
  ],
  [
    'rows that arrived are not applied',
    look({ log: { position: UNTIL, waiting: 1, losses: 0, silences: 0 } }),
  ],
])('not idle: %s', (_, busy) => {
  expect(isIdle(busy, look(), UNTIL)).toBe(false);
  expect(isIdle(look(), busy, UNTIL)).toBe(false);
});

test('a change on its way from one relay to another shows in what has moved', () => {
  expect(
    isIdle(
      look({ queue: { ...MESSAGES, published: 1 } }),
      look({ queue: { ...MESSAGES, published: 2 } }),
      UNTIL,
    ),
  ).toBe(false);
  // A poller that found nothing has moved nothing.
  expect(isIdle(look({ dbReads: 1 }), look({ dbReads: 9 }), UNTIL)).toBe(true);
});
