import { expect, test } from 'vitest';
import { definitionsOf, loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { needsOf } from './needs.ts';

async function needsOfRun(scenario: string, ...strategies: string[]) {
  const contests = [await loadContest(scenario, [], strategies)];
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
  expect(await needsOfRun(scenario, strategy)).toEqual(needs);
});
