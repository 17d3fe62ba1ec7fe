import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { parseSetting } from '../catalog/settings.ts';
import { expandPlan } from '../plan/plan.ts';
import { describeLoad } from './load-description.ts';

test.each([
  [[], 'open loop, constant arrivals at 1,000/s, one hot key, 3.12 s a trial, 2 instances, 40 ms a query'],
  [
    [
      'load={"model":"closed","connections":50}',
      'service.instances=1',
      'keys={"kind":"missing","count":null}',
    ],
    'closed loop, 50 connections, ever new missing keys, 3.12 s a trial, 1 instance, 40 ms a query',
  ],
  [
    ['load={"model":"open","ratePerSec":200,"keepAlive":false}'],
    'open loop, constant arrivals at 200/s, a new connection for every request, one hot key, 3.12 s a trial, ' +
      '2 instances, 40 ms a query',
  ],
  [
    [
      'load={"model":"open","arrivals":"poisson","timesCapacity":0.5}',
      'keys={"kind":"zipf","count":1000,"exponent":1.1}',
    ],
    'open loop, Poisson arrivals at 400/s, 1,000 keys, zipf 1.1, 3.12 s a trial, 2 instances, 40 ms a query',
  ],
  [
    [
      'keys={"kind":"zipf","count":100,"exponent":1,"shiftEvery":7500}',
      'dataset.rows=100',
      'cache.roomBytes=3400000',
    ],
    'open loop, constant arrivals at 1,000/s, 100 keys, zipf 1, others popular every 7,500 requests, 3.12 s a trial, ' +
      '2 instances, 40 ms a query, room for 3.24 MiB of entries',
  ],
  [
    [
      `load=${JSON.stringify({
        model: 'open',
        phases: [
          { shape: 'ramp', durationMs: 1_500, fromPerSec: 0, toPerSec: 1_000 },
          { shape: 'spike', durationMs: 3_000, basePerSec: 500, peakPerSec: 4_000 },
          { shape: 'steps', durationMs: 1_000, ratesPerSec: [200, 100] },
          { shape: 'steady', durationMs: 500, ratePerSec: 50 },
        ],
      })}`,
    ],
    'open loop, constant arrivals from 0 to 1,000/s for 1.5 s, then at 500/s with a peak of 4,000/s for 3 s, ' +
      'then in steps of 200, 100/s for 1 s, then at 50/s for 0.5 s, one hot key, 6 s a trial, 2 instances, ' +
      '40 ms a query',
  ],
  [
    [
      'clients=50',
      'streams=[{"name":"attack","share":0.25,"keys":{"kind":"missing","count":100},"clients":4},{"name":"inserts","share":0.05,"operation":"write","keys":{"kind":"new"}}]',
    ],
    'open loop, constant arrivals at 1,000/s, 70% honest (one hot key from 50 clients) + 25% attack ' +
      '(100 missing keys from 4 clients) + 5% inserts (new rows), 3.12 s a trial, 2 instances, 40 ms a query',
  ],
  [
    ['streams=[{"name":"updates","share":0.05,"operation":"write","keys":{"kind":"readers"}}]'],
    'open loop, constant arrivals at 1,000/s, 95% honest (one hot key) + 5% updates (the same keys, as ' +
      'popular), 3.12 s a trial, 2 instances, 40 ms a query',
  ],
  [
    ['service.stepDelayMs=5', 'relays.stepDelayMs=1'],
    'open loop, constant arrivals at 1,000/s, one hot key, 3.12 s a trial, 2 instances, 40 ms a query, each step of a ' +
      'strategy put off by 5 ms and 1 ms of a relay on average',
  ],
])('%j', async (settings, expected) => {
  const contest = await loadContest('breakdown', settings.map(parseSetting), null);
  const [planned] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned === undefined ? '' : describeLoad(planned)).toBe(expected);
});
