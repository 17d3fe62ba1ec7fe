import { expect, test } from 'vitest';
import { definitionsOf, loadContest } from '../catalog/contest.ts';
import { parseSetting } from '../catalog/settings.ts';
import { expandPlan } from '../plan/plan.ts';
import { needsOf } from './needs.ts';

async function needsOfRun(scenario: string, strategy: string, ...settings: string[]) {
  const contests = [await loadContest(scenario, settings.map(parseSetting), [strategy])];
  const plan = expandPlan(contests, { seed: 1, profile: 'smoke', infra: 'external' });
  return needsOf(plan, definitionsOf(contests));
}

test.each([
  ['breakdown', 'mutex', { keyEvents: true, changeLog: false, hashExchange: false }],
  ['penetration', 'none', { keyEvents: false, changeLog: false, hashExchange: false }],
  ['write-consistency', 'cache-aside', { keyEvents: false, changeLog: true, hashExchange: false }],
  ['write-consistency', 'message-queue', { keyEvents: false, changeLog: true, hashExchange: false }],
  [
    'write-consistency',
    'message-queue-refresh-by-key',
    { keyEvents: false, changeLog: true, hashExchange: true },
  ],
])('%s with %s', async (scenario, strategy, needs) => {
  expect(await needsOfRun(scenario, strategy)).toMatchObject(needs);
});

test('counts the connections of all processes of a trial, to their pools’ ends', async () => {
  const settings = ['service.instances=16', 'origin.poolSize=200', 'dataset.valueBytes=9000'];
  expect(await needsOfRun('breakdown', 'none', ...settings)).toMatchObject({
    connections: { redis: 16 * 3 + 16, database: 16 * 200 + 16, rabbitmq: 0 },
    valueBytes: 9_000,
  });
  const { connections } = await needsOfRun('write-consistency', 'message-queue', ...settings);
  expect(connections.database).toBeGreaterThanOrEqual(17 * 200 + 6 + 16);
  expect(connections.rabbitmq).toBeGreaterThanOrEqual(17 + 2);
});
