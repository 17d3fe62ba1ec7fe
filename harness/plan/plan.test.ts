import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WriteStrategyDefinition } from '../../scenarios/strategies/write-strategy.ts';
import { loadContest } from '../catalog/contest.ts';
import { planHash } from './hash.ts';
import { expandPlan } from './plan.ts';

const contest = await loadContest('breakdown', [], ['core']);
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const planOf = (seed: number, rounds = 4) =>
  expandPlan([contest], { seed, profile: 'smoke', infra: 'local', rounds });

test('every round tries every strategy once, in an order of its own', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const plan = planOf(seed);
      for (const round of [1, 2, 3, 4]) {
        const names = plan.trials.filter((trial) => trial.round === round).map((trial) => trial.strategy);
        expect(names.toSorted()).toEqual(['logical-expiry', 'mutex', 'none', 'single-flight']);
      }
      expect(plan.trials.map(({ index }) => index)).toEqual(plan.trials.map((_, index) => index + 1));
    }),
  );
  const orders = new Set(
    [1, 2, 3, 4].map((round) =>
      planOf(7)
        .trials.filter((trial) => trial.round === round)
        .map((trial) => trial.strategy)
        .join(),
    ),
  );
  expect(orders.size).toBeGreaterThan(1);
});

test('the strategies of a round meet the same storm, those of another round another', () => {
  const byRound = Map.groupBy(planOf(7).trials, (trial) => trial.round);
  const stormSeeds = [...byRound.values()].map((trials) => new Set(trials.map((trial) => trial.seed)));
  expect(stormSeeds.every((set) => set.size === 1)).toBe(true);
  expect(new Set(stormSeeds.flatMap((set) => [...set])).size).toBe(4);
});

test('the same seed gives the same plan and hash, another seed another hash', () => {
  expect(planOf(7)).toEqual(planOf(7));
  expect(planHash(planOf(7))).toBe(planHash(JSON.parse(JSON.stringify(planOf(7)))));
  expect(planHash(planOf(7))).not.toBe(planHash(planOf(8)));
  expect(planHash(planOf(7))).toMatch(/^[0-9a-f]{64}$/);
});

test('parameters of the scenario replace the defaults', async () => {
  const changed = await loadContest(
    'breakdown',
    [{ path: ['parameters', 'mutex', 'lockMs'], value: 7 }],
    null,
  );
  const [planned] = expandPlan([changed], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned?.strategies.find(({ name }) => name === 'mutex')?.parameters).toMatchObject({
    lockMs: 7,
    pollMs: 20,
  });
});

test('the baseline again is one more contender of every round, and the baseline in all but its name', async () => {
  const settings = [{ path: ['parameters', 'mutex', 'lockMs'], value: 7 }];
  const again = await loadContest('breakdown', settings, ['mutex', 'none'], { aa: true });
  const plan = expandPlan([again], { seed: 7, profile: 'smoke', infra: 'local', rounds: 8 });
  const [planned] = plan.scenarios;
  expect(planned).toMatchObject({ baseline: 'mutex', again: 'mutex-again' });
  const [baseline, second, ...others] = planned?.strategies ?? [];
  expect(second).toEqual({ ...baseline, name: 'mutex-again' });
  expect(second?.parameters).toMatchObject({ lockMs: 7 });
  expect(others.map(({ name }) => name)).toEqual(['none']);
  const byRound = Map.groupBy(plan.trials, ({ round }) => round);
  for (const trials of byRound.values()) {
    expect(trials.map(({ strategy }) => strategy).sort()).toEqual(['mutex', 'mutex-again', 'none']);
    expect(new Set(trials.map(({ seed }) => seed)).size).toBe(1);
  }
  // Always first or always second, it would measure the order and not the noise.
  const places = [...byRound.values()].map((trials) =>
    trials.findIndex(({ strategy }) => strategy === 'mutex-again'),
  );
  expect(new Set(places).size).toBe(3);
  expect(planOf(7).scenarios[0]).not.toHaveProperty('again');
});

test('a rate relative to the capacity is resolved', async () => {
  const relative = await loadContest(
    'breakdown',
    [{ path: ['load'], value: { model: 'open', timesCapacity: 2 } }],
    ['none'],
  );
  const [planned] = expandPlan([relative], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned?.ratePerSec).toBe(2 * 800);
});

test('phases set the length of the storm in every profile, and the mean rate', async () => {
  const phases = [
    { shape: 'ramp', durationMs: 1_000, fromPerSec: 0, toPerSec: 400 },
    { shape: 'steady', durationMs: 3_000, ratePerSec: 400 },
  ];
  const phased = await loadContest(
    'breakdown',
    [{ path: ['load'], value: { model: 'open', phases } }],
    ['none'],
  );
  for (const profile of ['smoke', 'publish'] as const) {
    const [planned] = expandPlan([phased], { seed: 1, profile, infra: 'local' }).scenarios;
    expect(planned).toMatchObject({ stormMs: 4_000, ratePerSec: 350 });
  }
});

test('a way to write has its parameters, and the scenario’s own policy where memory is limited', async () => {
  const settings = [
    { path: ['cache', 'roomBytes'], value: 1_000_000 },
    { path: ['parameters', 'versioned', 'tombstoneMs'], value: 70 },
  ];
  const writers = await loadContest('cache-tiers', settings, ['cache-aside', 'versioned', 'tag-as-deleted']);
  const plan = expandPlan([writers], { seed: 1, profile: 'smoke', infra: 'local' });
  const planned = plan.scenarios[0]?.strategies.map(({ name, parameters, evictionPolicy }) => [
    name,
    parameters.tombstoneMs ?? parameters.keepMs,
    evictionPolicy,
  ]);
  const policy = writers.scenario.cache.evictionPolicy;
  expect(planned).toEqual([
    ['cache-aside', undefined, policy],
    ['versioned', 70, policy],
    ['tag-as-deleted', 10_000, policy],
  ]);
});

test('a way to write brings its relays, and a broker where it has a queue', async () => {
  const names = ['cache-aside', 'message-queue-4', 'binlog', 'outbox'];
  const writers = await loadContest('write-consistency', [], names);
  const [planned] = expandPlan([writers], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  const helpers = planned?.strategies.map(({ broker, relays }) => [broker, relays]);
  expect(helpers).toEqual([
    [undefined, undefined],
    [true, [{ name: 'consumer', processes: 4 }]],
    [undefined, [{ name: 'follower', processes: 1 }]],
    [
      true,
      [
        { name: 'poller', processes: 1 },
        { name: 'consumer', processes: 1 },
      ],
    ],
  ]);
  expect(planned?.strategies[0]).not.toHaveProperty('relays');
});

test('relays may depend on parameters, and may be none', async () => {
  const { scenario, contenders } = await loadContest('write-consistency', [], ['cache-aside']);
  const [contender] = contenders;
  if (contender === undefined || contender.definition.kind !== 'write') throw new Error('no way to write');
  const workers = { unit: 'count', default: 3, min: 0, max: 9, description: 'Processes' } as const;
  const definition: WriteStrategyDefinition = {
    ...contender.definition,
    parameters: { workers },
    relays: ({ workers: processes = 0 }) =>
      processes === 0 ? [] : [{ name: 'worker', processes, create: () => ({ start: async () => {} }) }],
  };
  const relaysOf = (own: Record<string, number>) => {
    const changed = { ...scenario, parameters: { 'cache-aside': own } };
    const contest = { scenario: changed, contenders: [{ ...contender, definition }] };
    return expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios[0]?.strategies[0];
  };
  expect(relaysOf({})?.relays).toEqual([{ name: 'worker', processes: 3 }]);
  expect(relaysOf({ workers: 5 })?.relays).toEqual([{ name: 'worker', processes: 5 }]);
  expect(relaysOf({ workers: 0 })).not.toHaveProperty('relays');
});

test('scenarios of one run have storms and orders of their own', async () => {
  const twin = await loadContest('breakdown', [{ path: ['name'], value: 'twin' }], ['core']);
  const { trials } = expandPlan([contest, twin], { seed: 7, profile: 'smoke', infra: 'local', rounds: 6 });
  const [one = [], other = []] = Map.groupBy(trials, ({ scenario }) => scenario).values();
  expect(new Set(trials.map(({ seed }) => seed)).size).toBe(12);
  expect(one.map(({ strategy }) => strategy)).not.toEqual(other.map(({ strategy }) => strategy));
});

test('a rate that is given is taken as it is', async () => {
  const absolute = await loadContest('breakdown', [{ path: ['load', 'ratePerSec'], value: 77 }], ['none']);
  const [planned] = expandPlan([absolute], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned?.ratePerSec).toBe(77);
});
