import type { Pool } from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { type HeartbeatTimes, startHeartbeat } from './heartbeat.ts';

const RELAY = 'binlog-0';

/** A heartbeat on a clock that moves by hand, and a database that answers as it is told. */
async function start(times: HeartbeatTimes = {}) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const [silences, errors, written]: [number[], unknown[], number[]] = [[], [], []];
  const connections = { released: 0, destroyed: 0 };
  let [nowUs, answer]: [number, () => Promise<void>] = [1e6, async () => {}];
  let sleepers: { dueUs: number; wake: () => void }[] = [];
  const connection = {
    async query({ values }: { values: readonly [string, number] }) {
      expect(values[0]).toBe(RELAY);
      await answer();
      written.push(values[1]);
    },
    release: () => void connections.released++,
    destroy: () => void connections.destroyed++,
  };
  const pool = { query: async () => [], getConnection: async () => connection } as unknown as Pool;
  const heartbeat = await startHeartbeat({
    ...{ pool, relay: RELAY, signal: ended.signal, times },
    clock: {
      nowUs: () => nowUs,
      wallMs: () => 0,
      sleep: (ms) => new Promise((wake) => sleepers.push({ dueUs: nowUs + ms * 1e3, wake })),
    },
    onSilence: (ms) => silences.push(ms),
    onBackgroundError: (error) => errors.push(error),
  });
  const settle = () => new Promise((done) => setImmediate(done));
  async function pass(ms: number): Promise<void> {
    await settle();
    for (const untilUs = nowUs + ms * 1e3; nowUs < untilUs; ) {
      nowUs = Math.min(untilUs, ...sleepers.map(({ dueUs }) => dueUs));
      const due = sleepers.filter(({ dueUs }) => dueUs <= nowUs);
      sleepers = sleepers.filter(({ dueUs }) => dueUs > nowUs);
      for (const { wake } of due) wake();
      await settle();
    }
  }
  const answers = (work: () => Promise<void>) => {
    answer = work;
  };
  return { heartbeat, silences, errors, written, connections, pass, answers };
}

test('a row is written again and again, with its time', async () => {
  const { written, connections, pass } = await start();
  await pass(1_600);
  expect(written).toEqual([1_000_000, 1_500_000, 2_000_000, 2_500_000]);
  expect(connections).toEqual({ released: 4, destroyed: 0 });
});

test('the log is silent when no row of our own came back in time, and then as long again', async () => {
  const { heartbeat, silences, pass } = await start();
  await pass(3_000);
  heartbeat.seen({ relay: 'binlog-1' });
  expect(silences).toEqual([]);
  await pass(400);
  expect(silences).toEqual([3_000]);
  await pass(3_000);
  expect(silences).toEqual([3_000]);
  await pass(400);
  expect(silences).toEqual([3_000, 3_000]);
});

test('a row that came back, and another connection, begin the silence anew', async () => {
  const { heartbeat, silences, pass } = await start({ beatMs: 20, silenceMs: 200 });
  for (const heard of [() => heartbeat.seen({ relay: RELAY }), () => heartbeat.restart()]) {
    await pass(190);
    heard();
    await pass(190);
    heard();
  }
  expect(silences).toEqual([]);
  await pass(250);
  expect(silences).toEqual([200]);
});

test('a row that was refused says nothing of the log; one without an answer leaves it silent', async () => {
  const { silences, errors, connections, pass, answers } = await start({ beatMs: 20, silenceMs: 200 });
  answers(() => Promise.reject(new Error('read-only')));
  await pass(1_000);
  expect(silences).toEqual([]);
  expect(errors.map(String)).toContain('Error: read-only');
  const late = Object.assign(new Error('no answer'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
  answers(() => Promise.reject(late));
  await pass(250);
  expect(silences).toEqual([200]);
  // Its answer may still come, and would be taken for that of the next question.
  expect(connections).toEqual({ released: 1, destroyed: errors.length });
});
