import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import type { QueueCounters } from '../queue/counters.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { RelaysSample } from '../record/relay-sample.ts';
import type { TrialSample } from '../record/sample.ts';
import type { RelayReport } from '../relay/protocol.ts';
import { relayValues } from './consistency-values.ts';
import { sampleOf } from './fixtures/trials.ts';
import { relayFindings } from './relays.ts';

const NOTHING: QueueCounters = {
  published: 0,
  confirmed: 0,
  delivered: 0,
  redelivered: 0,
  acked: 0,
  inHand: 0,
};

function reportOf(applied: number, queue?: Partial<QueueCounters>): RelayReport {
  return {
    applied,
    dbReads: 0,
    dbWrites: 0,
    dbInFlight: 0,
    dbErrors: 0,
    backgroundErrors: 0,
    lastError: null,
    cpuUs: 0,
    ...(queue === undefined ? {} : { queue: { ...NOTHING, ...queue } }),
  };
}

function lagOf(...ms: readonly number[]) {
  using histogram = new LatencyHistogram();
  for (const one of ms) histogram.record(one * 1e3);
  return { histogram: histogram.encode(), windows: [] };
}

function relaysOf(change: Partial<RelaysSample>): RelaysSample {
  return {
    processes: [],
    statements: { before: { reads: 5, writes: 10 }, after: { reads: 8, writes: 30 } },
    idle: true,
    settledAtUs: 0,
    ...change,
  };
}

async function trialWith(relays: RelaysSample | undefined, published?: Partial<QueueCounters>) {
  const contest = await loadContest('cache-tiers', [], null);
  const [planned] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  if (planned === undefined) throw new Error('the plan has no scenario');
  const sample = sampleOf(planned, { strategy: 'redis', reads: 10 });
  const services = sample.services.map(({ before, after }) => ({
    before: { ...before, ...(published === undefined ? {} : { queue: NOTHING }) },
    after: { ...after, ...(published === undefined ? {} : { queue: { ...NOTHING, ...published } }) },
  }));
  return { ...sample, services, ...(relays === undefined ? {} : { relays }) } as TrialSample;
}

const consumer = (index: number, before: RelayReport, after: RelayReport, ...lagMs: readonly number[]) => ({
  ...{ relay: 'consumer', index, before, after, lag: lagOf(...lagMs) },
});

test('a strategy without relays has nothing to tell', async () => {
  expect(relayFindings(await trialWith(undefined))).toBeNull();
  expect(new Set(Object.values(relayValues(null)))).toEqual(new Set([null]));
});

test('adds up what all processes did since the storm’s start', async () => {
  const processes = [
    consumer(
      0,
      reportOf(5, { delivered: 5, acked: 5 }),
      reportOf(45, { delivered: 46, acked: 44, redelivered: 2 }),
      1,
      2,
    ),
    consumer(1, reportOf(0, {}), reportOf(30, { delivered: 30, acked: 30 }), 3, 99),
  ];
  const sample = await trialWith(relaysOf({ processes, overtaken: 3 }), { published: 80, confirmed: 78 });
  const found = relayFindings(sample);
  expect(found).toMatchObject({
    applied: 70,
    dbReads: 3,
    dbWrites: 20,
    queue: {
      published: 80,
      confirmed: 78,
      delivered: 71,
      lost: 9,
      duplicated: 2,
      reordered: 3,
    },
  });
  expect(found?.lagMs?.p50).toBeCloseTo(2, 1);
  expect(found?.lagMs?.p99).toBeCloseTo(99, 0);
  expect(relayValues(found)).toMatchObject({ 'relay.applied': 70, 'mq.delivered': 71, 'mq.reordered': 3 });
});

test.each([
  // Killed with 3 in hand; the broker marks 5 more that it had sent and that nobody had read.
  { name: 'a consumer was killed', queue: { delivered: 13, acked: 10, redelivered: 8 }, again: 3 },
  // After a restart of the broker all that was left is marked.
  { name: 'the broker was restarted', queue: { delivered: 10, acked: 10, redelivered: 6 }, again: 0 },
  { name: 'an acknowledgement was lost', queue: { delivered: 11, acked: 11, redelivered: 1 }, again: 1 },
  { name: 'two are still in hand', queue: { delivered: 10, acked: 8, inHand: 2, redelivered: 1 }, again: 0 },
])('counts as delivered again what some consumer had seen, when $name', async ({ queue, again }) => {
  const processes = [consumer(0, reportOf(0, {}), reportOf(10, queue))];
  const sample = await trialWith(relaysOf({ processes }), { published: 10, confirmed: 10 });
  expect(relayFindings(sample)?.queue?.duplicated).toBe(again);
});

test('what was lost is not known before everything was acknowledged', async () => {
  const processes = [consumer(0, reportOf(0, {}), reportOf(1, { acked: 1 }))];
  const sample = await trialWith(relaysOf({ processes, idle: false }), { confirmed: 9 });
  expect(relayFindings(sample)?.queue?.lost).toBeNull();
  expect(relayFindings(sample)?.lagMs).toBeNull();
});

test('more acknowledgements than confirms hide a loss, and are none below nothing', async () => {
  const processes = [consumer(0, reportOf(0, {}), reportOf(9, { acked: 9 }))];
  const found = relayFindings(await trialWith(relaysOf({ processes }), { confirmed: 8 }));
  expect(found?.queue).toMatchObject({ lost: 0, reordered: null });
});

test('relays without a queue count no messages', async () => {
  const sample = await trialWith(relaysOf({ processes: [consumer(0, reportOf(0), reportOf(7), 4)] }));
  expect(relayFindings(sample)?.applied).toBe(7);
  expect(relayFindings(sample)?.queue).toBeUndefined();
});

test('how fast relays fall behind is told of all processes together', async () => {
  const windows = (maxLagUs: (at: number) => number) =>
    Array.from({ length: 10 }, (_, at) => ({ fromUs: at * 100_000, applied: 1, maxLagUs: maxLagUs(at) }));
  const processes = [() => 2_000, (at: number) => 1_000 + at * 5_000].map((lag, index) => {
    const one = consumer(index, reportOf(0), reportOf(10), 3);
    return { ...one, lag: { ...one.lag, windows: windows(lag) } };
  });
  const found = relayFindings(await trialWith(relaysOf({ processes })));
  expect(relayValues(found)['relay.lagGrowthMsPerSec']).toBeCloseTo(50, 6);
});
