import { expect, test } from 'vitest';
import type { RelayBacklog, RelayReport } from '../relay/protocol.ts';
import { sampleRelays, settleRelays } from './relays.ts';

const UNTIL = { file: 'binlog.000001', offset: 500 };
const EMPTY: RelayBacklog = { queue: 0, outbox: false, own: 0 };

function reportOf(change: Partial<RelayReport> = {}): RelayReport {
  return {
    ...{ applied: 0, dbReads: 0, dbWrites: 0, dbInFlight: 0, dbErrors: 0, backgroundErrors: 0 },
    ...{ lastError: null, cpuUs: 0, ...change },
  };
}

interface Look {
  readonly report?: Partial<RelayReport>;
  readonly backlog?: Partial<RelayBacklog>;
}

/** One relay, looked at again and again, on a clock that moves only by sleeping. */
async function settled(lookAt: (n: number) => Look) {
  let [nowUs, looks] = [0, 0];
  const slept: number[] = [];
  const found = await settleRelays(
    {
      instances: [
        {
          // The backlog is asked for first.
          backlog: async () => ({ ...EMPTY, ...lookAt(++looks).backlog }),
          report: async () => reportOf(lookAt(looks).report),
        },
      ],
    },
    {
      clock: {
        nowUs: () => nowUs,
        wallMs: () => 0,
        async sleep(ms) {
          slept.push(ms);
          nowUs += ms * 1e3;
        },
      },
      signal: new AbortController().signal,
      commitLog: {
        position: async () => UNTIL,
        committed: () => Promise.reject(new Error('nobody asks for it')),
        [Symbol.asyncDispose]: async () => {},
      },
      relays: { statements: { read: async () => ({ reads: 3, writes: looks }) } },
    },
  );
  return { found, looks, sleptMs: slept.reduce((sum, ms) => sum + ms, 0) };
}

test('a strategy without relays has nothing to settle', async () => {
  const site = {} as Parameters<typeof settleRelays>[1];
  expect(await settleRelays({ instances: [] }, site)).toBeNull();
});

test('waits until nothing is left, and nothing has moved since the look before', async () => {
  const { found, looks } = await settled((n) => ({
    report: { applied: Math.min(n, 5), cpuUs: n },
    backlog: { queue: n < 4 ? 1 : 0 },
  }));
  // Empty since the fourth look; one was applied until the fifth.
  expect(looks).toBe(6);
  expect(found).toEqual({
    ...{ idle: true, atUs: 50_000, statements: { reads: 3, writes: 6 } },
    reports: [reportOf({ applied: 5, cpuUs: 6 })],
  });
});

test('waits until the log was followed to where it ended when it was asked', async () => {
  const log = (offset: number) => ({ position: { ...UNTIL, offset }, waiting: 0, losses: 0, silences: 0 });
  const { looks } = await settled((n) => ({ report: { log: log(496 + n) } }));
  expect(looks).toBe(5);
});

const STUCK = { backlog: { queue: 1 } };

test('is given up when nothing has moved for 15 s, and says so', async () => {
  const { found, sleptMs } = await settled(() => STUCK);
  expect(found?.idle).toBe(false);
  expect(sleptMs).toBe(15_010);
});

const log = (n: number, waiting: number) => ({
  position: { ...UNTIL, offset: n },
  waiting,
  losses: 0,
  silences: 0,
});

const messages = (acked: number) => ({
  ...{ published: 0, confirmed: 0, delivered: 9, redelivered: 0, acked, inHand: 1 },
});

test.each<[string, (n: number) => Look]>([
  ['a change was applied', (n) => ({ report: { applied: n } })],
  ['something was written', (n) => ({ report: { dbWrites: n } })],
  ['a row of the log is waited for no more', (n) => ({ report: { log: log(1, 9 - n) } })],
  ['a message was acknowledged', (n) => ({ report: { queue: messages(n) } })],
  ['a backlog became shorter', (n) => ({ backlog: { own: 9 - n } })],
])('waits 15 s more when %s', async (_, moved) => {
  const { sleptMs } = await settled((n) => {
    const { report, backlog } = moved(n < 7 ? 0 : 1);
    return { report: { ...report }, backlog: { ...STUCK.backlog, ...backlog } };
  });
  // The seventh look is 60 ms after the first.
  expect(sleptMs).toBe(60 + 15_010);
});

test('what grows while nothing is done is no progress: heartbeats, and polls of an empty place', async () => {
  const { sleptMs } = await settled((n) => ({ ...STUCK, report: { dbReads: n, cpuUs: n, log: log(n, 1) } }));
  expect(sleptMs).toBe(15_010);
});

test('a sample has each process’s accounts by its name, and the changes of all in one order', async () => {
  const lagOf = (histogram: string, ...changes: readonly (readonly [number, number])[]) => ({
    lag: async () => ({
      lag: { histogram, windows: [] },
      changes: changes.map(([order, atUs]) => ({ key: 'a', order, atUs })),
    }),
  });
  const names = [
    { relay: 'consumer', index: 0 },
    { relay: 'consumer', index: 1 },
  ];
  const relays = { names, instances: [lagOf('first', [1, 30]), lagOf('second', [2, 20])] };
  const at = (n: number) => ({
    ...{ reports: [reportOf({ applied: n }), reportOf({ applied: n + 1 })], idle: n === 7, atUs: n },
    statements: { reads: n, writes: n },
  });
  expect(await sampleRelays(relays, at(3), at(7))).toEqual({
    processes: [
      {
        ...{ relay: 'consumer', index: 0, before: reportOf({ applied: 3 }), after: reportOf({ applied: 7 }) },
        lag: { histogram: 'first', windows: [] },
      },
      {
        ...{ relay: 'consumer', index: 1, before: reportOf({ applied: 4 }), after: reportOf({ applied: 8 }) },
        lag: { histogram: 'second', windows: [] },
      },
    ],
    // The first was applied after the second, by the other.
    overtaken: 1,
    statements: { before: { reads: 3, writes: 3 }, after: { reads: 7, writes: 7 } },
    ...{ idle: true, settledAtUs: 7 },
  });
  const missing = { ...at(7), reports: [] };
  await expect(sampleRelays(relays, at(3), missing)).rejects.toThrow('a relay gave no account of itself');
});
