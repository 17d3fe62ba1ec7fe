/** Each warning about load and machine: silent at its limit, and heard just beyond. */
import { describe, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan, type PlannedScenario } from '../plan/plan.ts';
import type { TrialSample } from '../record/sample.ts';
import type { Scenario } from '../scenario/schema.ts';
import { analyse } from './analyse.ts';
import { databaseErrors } from './database-errors.ts';
import { EXPIRIES, sampleOf, type TrialFacts, withTrials } from './fixtures/trials.ts';
import { readTrial } from './trial.ts';
import { worthRepeating } from './warning-catalogue.ts';
import { sharingWarnings, trialWarnings } from './warnings.ts';

const SETTINGS = [
  { path: ['cache', 'ttlMs'], value: 500 },
  { path: ['origin', 'queryMs'], value: 100 },
  { path: ['profiles', 'smoke', 'stormMs'], value: 3_000 },
  // One strategy alone: that no baseline ran is not what these are about.
  { path: ['outcome', 'baseline'], value: 'competes' },
];
const contest = await loadContest('breakdown', SETTINGS, ['mutex']);
const definitions = new Map(contest.contenders.map(({ definition }) => [definition.name, definition]));
const FACTS: TrialFacts = { strategy: 'mutex', reads: EXPIRIES };

/** Trials of 3,000 requests in 3 s, half a query being 50 ms; a round for each given change. */
function judged(...rounds: readonly Partial<TrialFacts>[]) {
  const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: rounds.length });
  const planned = plan.scenarios[0] as PlannedScenario;
  const samples = rounds.map((changes, index) =>
    sampleOf(planned, { ...FACTS, ...changes, round: index + 1 }),
  );
  const { verdict, scenarios } = analyse(withTrials(plan, samples), samples, definitions);
  const warnings = scenarios[0]?.warnings.filter(({ code }) => code !== 'few-rounds') ?? [];
  return { verdict, warnings, codes: warnings.map(({ code }) => code) };
}

test('other clients of the same Redis are told of once, and none of a Redis of our own', () => {
  const samples = [{ otherRedisClients: 1 }, { otherRedisClients: 3 }, {}] as TrialSample[];
  expect(sharingWarnings(samples).map(({ code, message }) => [code, message])).toEqual([
    ['cache-shared', '3 other clients used the same Redis, whose counters tell nobody apart'],
  ]);
  expect([...sharingWarnings([{ otherRedisClients: 0 } as TrialSample]), ...sharingWarnings([])]).toEqual([]);
});

test('a Redis that took over during the storm is told of, not one of an earlier trial', () => {
  expect(judged({ takeovers: [2, 2] }).codes).toEqual([]);
  expect(judged({ takeovers: [2, 3] }).warnings).toMatchObject([
    { code: 'cache-taken-over', message: expect.stringContaining('became the master once') },
  ]);
});

test('response times that the generator itself may have made longer are told of as a range', () => {
  expect(judged({ responseMs: 6, onTimeMs: 4.9 }).codes).toEqual([]);
  const late = { responseMs: 6, onTimeMs: 3 };
  expect(judged({}, { ...late, onTimeMs: 3.5 }, late)).toMatchObject({
    verdict: 'pass',
    warnings: [
      {
        code: 'latency-doubtful',
        round: 3,
        message: expect.stringContaining(
          'p50 3.0 to 6.0 ms, p90 3.0 to 6.0 ms, p99 3.0 to 6.0 ms (2 of 3 rounds',
        ),
      },
    ],
  });
});

test('a Redis that evicts by a limit of its own is told of', () => {
  expect(judged({ evicted: [7, 7] }).codes).toEqual([]);
  const { verdict, warnings } = judged({ evicted: [7, 19] });
  expect(verdict).toBe('pass');
  expect(warnings).toMatchObject([
    { code: 'cache-evicted', message: expect.stringContaining('it evicted 12 entries') },
  ]);
});

test('messages that are lost without a fault void the trial, and name policies', () => {
  const planned = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' })
    .scenarios[0] as PlannedScenario;
  const reading = readTrial(sampleOf(planned, FACTS), planned, 'physical');
  const lost = { ...reading, values: { ...reading.values, 'mq.lost': 109, 'mq.confirmed': 429 } };
  expect(trialWarnings(lost, planned)).toMatchObject([
    {
      code: 'messages-lost',
      voids: true,
      message: expect.stringMatching(/^109 of 429 messages/),
      remedy: expect.stringContaining('rabbitmqctl list_policies'),
    },
  ]);
  const fault = { kind: 'flush' as const, atMs: 100, target: 'redis' as const };
  const { scenario } = planned;
  const codes = trialWarnings(lost, {
    ...planned,
    scenario: { ...scenario, faults: [fault] } as Scenario,
  }).map(({ code }) => code);
  expect(codes).not.toContain('messages-lost');
});

test('an ordinary trial warns of nothing', () => {
  expect(judged({}, {}, {})).toEqual({ verdict: 'pass', warnings: [], codes: [] });
});

describe('warnings that void nothing', () => {
  test.each<[string, Partial<TrialFacts>, Partial<TrialFacts>, string]>([
    // The histograms keep three digits, so their limits are approached, not met.
    ['send-lag', { sendLagMs: 50.9 }, { sendLagMs: 52 }, '1 in 100 requests waited 51 ms or more'],
    // 50 ms of 3 s: an ordinary pause at the very end leaves so many.
    [
      'rate-held-back',
      { withinStorm: { takenUp: 3_000, attempted: 2_950 } },
      { withinStorm: { takenUp: 3_000, attempted: 2_949 } },
      '51 of 3000 requests were still waiting for a free connection at the end of the storm: the service held all 512',
    ],
    ['cpu-steal', { stealShare: 0.05 }, { stealShare: 0.051 }, '5.1% of the CPU time'],
    [
      'event-loop-stall',
      { serviceStallMs: 50 },
      { serviceStallMs: 51 },
      'of the service stood still for 51 ms',
    ],
  ])('%s', (code, atLimit, beyond, message) => {
    expect(judged(atLimit).codes).toEqual([]);
    const { verdict, warnings } = judged(beyond);
    expect(warnings).toMatchObject([{ code, strategy: 'mutex', round: 1 }]);
    expect(warnings[0]?.message).toContain(message);
    expect(warnings.some(worthRepeating)).toBe(false);
    expect(verdict).toBe('pass');
  });

  test('are said once for all rounds, with the worst of them', () => {
    const { warnings } = judged({ serviceStallMs: 60 }, { serviceStallMs: 90 }, {}, { sendLagMs: 99 });
    expect(warnings.map(({ code, round }) => [code, round])).toEqual([
      ['send-lag', 4],
      ['event-loop-stall', 2],
    ]);
    expect(warnings[1]?.message).toContain('90 ms');
    expect(warnings[1]?.message).toContain('(2 of 4 trials; this one most)');
  });

  test('requests held back at the end say the same as the lag before, and alone', () => {
    const held = { sendLagMs: 500, withinStorm: { takenUp: 3_000, attempted: 2_000 } };
    expect(judged(held).codes).toEqual(['rate-held-back']);
  });

  test('a lag of the pacer’s own is no wait for a connection', () => {
    expect(judged({ sendLagMs: 60, pacerLagMs: 40 }).codes).toEqual([]);
  });
});

test('a limit of the generator’s machine voids the trial, with the mend; a refusal of the service does not', () => {
  expect(judged({ errors: { ECONNREFUSED: 5 } }).codes).toEqual([]);
  const { verdict, warnings } = judged({ errors: { ECONNREFUSED: 5, ENOMEM: 1, EMFILE: 3 } });
  expect(warnings).toMatchObject([{ code: 'generator-exhausted', strategy: 'mutex', round: 1 }]);
  expect(warnings[0]?.message).toBe(
    '3 requests were never sent (EMFILE): the generator may not open more files: raise its limit (ulimit -n)',
  );
  expect(warnings.some(worthRepeating)).toBe(false);
  expect(verdict).toBe('inconclusive');
});

describe('a generator that was late', () => {
  test('explains its own stall, and the waits for a connection that follow', () => {
    const withinStorm = { takenUp: 3_000, attempted: 2_000 };
    expect(judged({ pacerLagMs: 60, sendLagMs: 200 }).codes).toEqual(['generator-late']);
    expect(judged({ pacerLagMs: 60, withinStorm }).codes).toEqual(['generator-late']);
  });

  test('for the end of the storm voids the trial, and asks for a second try', () => {
    expect(judged({ withinStorm: { takenUp: 2_950, attempted: 2_950 } }).codes).toEqual([]);
    const { verdict, warnings } = judged({ withinStorm: { takenUp: 2_949, attempted: 2_949 } });
    expect(warnings).toMatchObject([{ code: 'rate-missed', strategy: 'mutex', round: 1 }]);
    expect(warnings[0]?.message).toBe(
      '51 of 3000 requests left after the storm: the generator kept 98.3% of the planned rate',
    );
    expect(warnings.every(worthRepeating)).toBe(true);
    expect(verdict).toBe('inconclusive');
  });

  test('for so short a time that the p99 does not see it is told as a stall', () => {
    const { verdict, warnings } = judged({ pacerLagMs: 1, pacerStallMs: 60 });
    expect(warnings).toMatchObject([{ code: 'event-loop-stall' }]);
    expect(warnings[0]?.message).toContain('of the load generator stood still for 60 ms');
    expect(verdict).toBe('pass');
    expect(judged({ pacerStallMs: 49.9 }).codes).toEqual([]);
  });
});

describe('a fault that did not happen', () => {
  test.each([
    [2_999, 'beforeCacheSet', 'the fault kill did not happen: no service process came to beforeCacheSet'],
    [2_999, null, 'the fault kill did not happen'],
    // After the storm.
    [3_000, 'beforeCacheSet', null],
  ])('at %d ms, %s', async (atMs, barrier, message) => {
    const faults = { path: ['faults'], value: [{ kind: 'kill', atMs, barrier }] };
    const killing = await loadContest('breakdown', [...SETTINGS, faults], ['mutex']);
    const plan = expandPlan([killing], { seed: 1, profile: 'smoke', infra: 'local', rounds: 1 });
    const sample = sampleOf(plan.scenarios[0] as PlannedScenario, FACTS);
    const { scenarios, verdict } = analyse(withTrials(plan, [sample]), [sample], definitions);
    const found = scenarios[0]?.warnings.find(({ code }) => code === 'fault-missing');
    expect([found?.message.startsWith(message ?? '') ?? null, verdict]).toEqual(
      message === null ? [null, 'pass'] : [true, 'inconclusive'],
    );
  });
});

test('samples from before these were counted warn of none of them', () => {
  const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: 1 });
  const sample = sampleOf(plan.scenarios[0] as PlannedScenario, { ...FACTS, round: 1 });
  const { withinStorm: _, ...load } = sample.load;
  const old = { ...sample, load };
  const { scenarios } = analyse(withTrials(plan, [old]), [old], definitions);
  expect(scenarios[0]?.warnings.map(({ code }) => code)).toEqual(['few-rounds']);
});

describe('what the database refused', () => {
  const readOnly = { kind: 'read-only', atMs: 100, durationMs: 200 };
  const paused = { kind: 'pause', target: 'database', atMs: 100, durationMs: 200 };
  const judgedWith = async (
    dbErrorCodes: Readonly<Record<string, number>> | undefined,
    ...faults: object[]
  ) => {
    const settings = [...SETTINGS, { path: ['faults'], value: faults }];
    const [planned] = expandPlan([await loadContest('breakdown', settings, ['mutex'])], {
      ...{ seed: 1, profile: 'smoke', infra: 'local' },
    }).scenarios;
    const sample = sampleOf(planned as PlannedScenario, FACTS);
    const services = sample.services.map(({ before, after }) => ({
      before: { ...before, dbErrors: 2, ...(dbErrorCodes && { dbErrorCodes: { ER_CON_COUNT_ERROR: 2 } }) },
      after: { ...after, dbErrors: 5, ...(dbErrorCodes && { dbErrorCodes }) },
    }));
    return databaseErrors({ ...sample, services }, planned?.scenario ?? { faults: [] });
  };

  test.each<[Readonly<Record<string, number>> | undefined, readonly object[], string | null]>([
    [{ ER_CON_COUNT_ERROR: 2 }, [], null],
    [
      { ER_CON_COUNT_ERROR: 5, PROTOCOL_CONNECTION_LOST: 4 },
      [],
      'the database refused 7 statements or connections: 4 x PROTOCOL_CONNECTION_LOST, 3 x ER_CON_COUNT_ERROR (max_connections)',
    ],
    // What the fault does is measured; what the set-up lacks is not its doing.
    [{ ER_CON_COUNT_ERROR: 2, ER_OPTION_PREVENTS_STATEMENT: 9 }, [readOnly], null],
    [{ ER_CON_COUNT_ERROR: 2, ETIMEDOUT: 9 }, [paused], null],
    [
      { ER_CON_COUNT_ERROR: 3, ETIMEDOUT: 9 },
      [paused],
      'the database refused 1 statement or connection: 1 x ER_CON_COUNT_ERROR (max_connections)',
    ],
    [{ ER_CON_COUNT_ERROR: 2, ER_LOCK_DEADLOCK: 9 }, [], null],
    [undefined, [], 'the database refused 3 statements or connections: 3 x unknown'],
  ])('%j with %j', async (codes, faults, message) => {
    expect(await judgedWith(codes, ...faults)).toBe(message);
  });

  test('voids the trial, and a second try would have no more room', () => {
    const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: 1 });
    const sample = sampleOf(plan.scenarios[0] as PlannedScenario, FACTS);
    const services = sample.services.map(({ before, after }) => ({
      before,
      after: { ...after, dbErrors: 1, dbErrorCodes: { ER_CON_COUNT_ERROR: 1 } },
    }));
    const changed = { ...sample, services };
    const { verdict, scenarios } = analyse(withTrials(plan, [changed]), [changed], definitions);
    const found = scenarios[0]?.warnings.filter(({ code }) => code === 'database-errors') ?? [];
    expect([verdict, found.length, found.some(worthRepeating)]).toEqual(['inconclusive', 1, false]);
  });
});

describe('what a look at the rows can rest on', () => {
  const look = { key: 'item-1', instance: 0, source: 'hit' };
  const audit = (...ids: readonly (number | null)[]) => ({
    endedAtUs: 0,
    reads: ids.map((writeId) => ({ ...look, writeId })),
  });
  const nothing = { reads: 0, writes: 0 };
  const relays = (idle: boolean) => ({
    ...{ processes: [], idle, settledAtUs: 0 },
    statements: { before: nothing, after: nothing },
  });

  test.each([
    ['relays-behind', { relays: relays(true) }, { relays: relays(false) }, 'had work left'],
    [
      'rows-not-seen',
      { audits: [audit(1), audit(1)] as const },
      { audits: [audit(1), audit(null)] as const },
      '1 of 2 looks',
    ],
    ['commits-lost', {}, { commitsLost: 'purged' }, 'during the storm is not known: purged'],
  ])('%s voids', (code, sound, doubtful, message) => {
    const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: 1 });
    const planned = plan.scenarios[0] as PlannedScenario;
    const judgedWith = (change: object) => {
      const sample = { ...sampleOf(planned, FACTS), ...change };
      const { verdict, scenarios } = analyse(withTrials(plan, [sample]), [sample], definitions);
      return { verdict, warnings: scenarios[0]?.warnings.filter((warning) => warning.code === code) ?? [] };
    };
    expect(judgedWith(sound).warnings).toEqual([]);
    const { verdict, warnings } = judgedWith(doubtful);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(message);
    expect(verdict).toBe('inconclusive');
  });
});
