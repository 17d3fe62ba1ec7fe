import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { parseSetting } from '../catalog/settings.ts';
import { expandPlan } from '../plan/plan.ts';
import { describeLoad } from './load-description.ts';

test.each([
  [[], 'open loop, constant arrivals at 1,000/s, one hot key, 2.5 s a trial, 2 instances, 100 ms a query'],
  [
    [
      'load={"model":"closed","connections":50}',
      'service.instances=1',
      'keys={"kind":"missing","count":null}',
    ],
    'closed loop, 50 connections, ever new missing keys, 2.5 s a trial, 1 instance, 100 ms a query',
  ],
  [
    [
      'load={"model":"open","arrivals":"poisson","timesCapacity":0.5}',
      'keys={"kind":"zipf","count":1000,"exponent":1.1}',
    ],
    'open loop, Poisson arrivals at 160/s, 1,000 keys, zipf 1.1, 2.5 s a trial, 2 instances, 100 ms a query',
  ],
])('%j', async (settings, expected) => {
  const contest = await loadContest('breakdown', settings.map(parseSetting), null);
  const [planned] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned === undefined ? '' : describeLoad(planned)).toBe(expected);
});
