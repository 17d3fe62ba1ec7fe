import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { builtInScenarios, withVariants } from '../catalog/scenarios.ts';
import { parseSetting } from '../catalog/settings.ts';
import { parseCommand } from '../load/messages.ts';
import { generatorPlan, SAMPLE_INTERVAL_MS } from './generator-plan.ts';
import { expandPlan } from './plan.ts';

const TARGETS = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];

async function planOf(...settings: readonly string[]) {
  const contest = await loadContest('breakdown', settings.map(parseSetting), ['none']);
  const plan = expandPlan([contest], { seed: 7, profile: 'smoke', infra: 'local' });
  const [planned] = plan.scenarios;
  const [trial] = plan.trials;
  if (planned === undefined || trial === undefined) throw new Error('the plan is empty');
  return { given: generatorPlan(trial, planned, TARGETS), planned, trial };
}

test('a load of one kind of readers is told without their names', async () => {
  const { given, planned, trial } = await planOf('load.ratePerSec=123', 'load.arrivals=poisson');
  expect(given).toEqual({
    targets: TARGETS,
    load: { model: 'open', arrivals: 'poisson', ratePerSec: 123 },
    durationMs: planned.stormMs,
    timeoutMs: planned.scenario.timeoutMs,
    maxConnections: planned.scenario.maxConnections,
    keepAlive: planned.scenario.load.keepAlive,
    keys: planned.scenario.keys,
    seed: trial.seed,
    windowMs: SAMPLE_INTERVAL_MS,
  });
});

test('readers with names are a stream, of whatever the others leave', async () => {
  const { given } = await planOf('clients=50');
  expect(given.streams).toMatchObject([{ share: 1, operation: 'read', clients: 50 }]);
  const writes = { name: 'updates', share: 0.25, operation: 'write', keys: { kind: 'readers' }, restMs: 300 };
  const streams = JSON.stringify([writes, { ...writes, name: 'more', share: 0.125, restMs: 0 }]);
  const shared = await planOf(`streams=${streams}`);
  const { stormMs, scenario } = shared.planned;
  const [honest, updates, more] = shared.given.streams ?? [];
  expect(honest).toMatchObject({ share: 0.625, operation: 'read', keys: scenario.keys, clients: 1 });
  expect(updates).toMatchObject({ name: 'updates', share: 0.25, untilMs: stormMs - 300 });
  expect(updates).toMatchObject({ valueBytes: scenario.dataset.valueBytes });
  expect(updates).not.toHaveProperty('restMs');
  expect(more).toMatchObject({ name: 'more', share: 0.125 });
  expect(more).not.toHaveProperty('untilMs');
});

test('an open load may have phases, and retries', async () => {
  const phases = [{ shape: 'steady', durationMs: 900, ratePerSec: 40 }];
  const { given } = await planOf(`load={"model":"open","phases":${JSON.stringify(phases)},"retries":2}`);
  expect(given).toMatchObject({ load: { ratePerSec: 40, phases }, durationMs: 900, retries: 2 });
});

test('a closed load has connections, and neither a rate nor retries', async () => {
  const { given, planned } = await planOf('load={"model":"closed","connections":9}');
  expect(given.load).toEqual({ model: 'closed', connections: 9 });
  expect(given).not.toHaveProperty('retries');
  expect(planned.ratePerSec).toBeNull();
});

test('every storm of ours reaches the generator as it was planned', async () => {
  for (const { name } of builtInScenarios()) {
    for (const reference of await withVariants(name, 'all')) {
      const contest = await loadContest(reference, [], ['core']);
      const { scenarios, trials } = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' });
      const [planned] = scenarios;
      const [trial] = trials;
      if (planned === undefined || trial === undefined) throw new Error(`${reference} has no trial`);
      const command = { type: 'start', plan: generatorPlan(trial, planned, ['http://127.0.0.1:1']) } as const;
      expect(parseCommand(command), reference).toEqual(command);
    }
  }
});
