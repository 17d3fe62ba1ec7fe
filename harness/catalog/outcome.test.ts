import { describe, expect, test } from 'vitest';
import { criteriaOf } from '../scenario/default-criteria.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import { outcomeProblems } from './outcome.ts';
import { builtInScenarios, loadScenario, withVariants } from './scenarios.ts';

function problemsOf(outcome: object): string[] {
  const scenario = scenarioSchema.parse({
    name: 'test',
    title: 'Test',
    question: '?',
    load: { model: 'open', ratePerSec: 100 },
    keys: { kind: 'hot' },
    strategies: ['none', 'mutex'],
    aliases: { slow: 'mutex' },
    outcome,
    profiles: {
      smoke: { rounds: 1, stormMs: 500 },
      standard: { rounds: 1, stormMs: 500 },
      publish: { rounds: 1, stormMs: 500 },
    },
  });
  return outcomeProblems(scenario).map(({ path, message }) => `${path}: ${message}`);
}

const criterion = (any: string[], name = 'mine') => ({ name, says: 'is quick', any });
const because = 'It is known.';

test('what is right has no problem', () => {
  expect(problemsOf({ givesUp: { slow: [{ criterion: 'loads', because }] } })).toEqual([]);
  expect(
    problemsOf({
      criteria: [criterion(['goodput > 99%', 'vs baseline: db.reads < 5%'])],
      givesUp: { mutex: [{ criterion: 'mine', instead: 'goodput > 90%', because }] },
    }),
  ).toEqual([]);
});

test.each<[string, object, string]>([
  [
    'a threshold that can’t be read',
    { criteria: [criterion(['goodput > 99%', 'godput > 1'])] },
    'outcome.criteria.0.any.1: ',
  ],
  [
    'one that names a strategy',
    { criteria: [criterion(['mutex: goodput > 99%'])] },
    'outcome.criteria.0.any.0: "mutex: goodput > 99%" names a strategy; expected none',
  ],
  [
    'a name twice',
    { criteria: [criterion(['goodput > 99%']), criterion(['db.reads < 5'])] },
    'outcome.criteria.1.name: "mine" is named more than once',
  ],
  [
    'a strategy that the scenario does not have',
    { givesUp: { mutx: [{ criterion: 'loads', because }] } },
    'outcome.givesUp.mutx: no strategy of this name; expected one of none, mutex, slow. Did you mean "mutex"?',
  ],
  [
    'a criterion that it does not have',
    { givesUp: { mutex: [{ criterion: 'load', because }] } },
    'outcome.givesUp.mutex.0.criterion: no criterion "load"; expected one of answers, loads,',
  ],
  [
    'a promise that can’t be read',
    { givesUp: { mutex: [{ criterion: 'loads', instead: 'goodput', because }] } },
    'outcome.givesUp.mutex.0.instead: ',
  ],
])('%s', (_, outcome, problem) => {
  const [first, ...others] = problemsOf(outcome);
  expect(first).toContain(problem);
  expect(others).toEqual([]);
});

const references = await Promise.all(builtInScenarios().map(({ name }) => withVariants(name, 'all')));

describe.each(references.flat())('%s', async (reference) => {
  const scenario = await loadScenario(reference, []);
  const { givesUp } = scenario.outcome;

  test('its strategies give up criteria that it has', () => {
    const names = criteriaOf(scenario, scenario.profiles.smoke.stormMs).map(({ name }) => name);
    for (const { criterion } of Object.values(givesUp).flat()) expect(names).toContain(criterion);
  });
});

test.each(builtInScenarios().map(({ name }) => name))(
  '%s shows a newcomer somebody who protects',
  async (name) => {
    const { strategies, core, outcome } = await loadScenario(name, []);
    const [baseline] = outcome.baseline === 'competes' ? [] : strategies;
    const shown = (core ?? strategies).filter((each) => each !== baseline);
    expect(shown.filter((each) => !Object.hasOwn(outcome.givesUp, each))).not.toEqual([]);
  },
);
