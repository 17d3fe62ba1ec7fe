import { expect, test } from 'vitest';
import { isIdle, lookAt, type RelayLook } from './idle.ts';
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
  ['the outbox can’t be asked', look({}, { outbox: null })],
  ['a list of its own is not empty', look({}, { own: 3 })],
  ['a list of its own can’t be asked', look({}, { own: null })],
  ['a message is in hand', look({ queue: { ...MESSAGES, inHand: 1 } })],
  ['a statement is under way', look({ dbInFlight: 1 })],
  [
    'the log was not followed so far',
    look({ log: { position: { ...UNTIL, offset: 499 }, waiting: 0, losses: 0, silences: 0 } }),
  ],
  ['the log is not followed yet', look({ log: { position: null, waiting: 0, losses: 0, silences: 0 } })],
  [
    'rows that arrived are not applied',
    look({ log: { position: UNTIL, waiting: 1, losses: 0, silences: 0 } }),
  ],
])('not idle: %s', (_, busy) => {
  expect(isIdle(busy, look(), UNTIL)).toBe(false);
  expect(isIdle(look(), busy, UNTIL)).toBe(false);
});

test('who follows no log, and has no queue, is idle without', () => {
  const { queue: _, log: __, ...bare } = RESTING;
  const resting = { reports: [bare], backlogs: [EMPTY] };
  expect(isIdle(resting, resting, UNTIL)).toBe(true);
});

test.each<[string, Partial<RelayReport>]>([
  ['applied', { applied: 8 }],
  ['written to the database', { dbWrites: 1 }],
  ['handed out', { queue: { ...MESSAGES, delivered: 8 } }],
])('not idle: something was %s in between', (_, moved) => {
  expect(isIdle(look(), look(moved), UNTIL)).toBe(false);
});

test('all backlogs are known before anybody is asked for its account', async () => {
  const asked: string[] = [];
  const relay = (name: string) => ({
    async backlog() {
      await Promise.resolve();
      asked.push(`backlog of ${name}`);
      return EMPTY;
    },
    async report() {
      asked.push(`report of ${name}`);
      return RESTING;
    },
  });
  expect(await lookAt([relay('a'), relay('b')])).toEqual({
    backlogs: [EMPTY, EMPTY],
    reports: [RESTING, RESTING],
  });
  expect(asked).toEqual(['backlog of a', 'backlog of b', 'report of a', 'report of b']);
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
