import { expect, test } from 'vitest';
import { expandPlan } from '../plan/plan.ts';
import { loadContest } from './contest.ts';
import { parseSetting } from './settings.ts';

const ALIASES = parseSetting('aliases={"short":"concurrency-limit","long":"concurrency-limit"}');
const parameters = (json: string) => parseSetting(`parameters.${json}`);

test('a strategy runs under several names, each with parameters of its own', async () => {
  const settings = [ALIASES, parameters('short.queue=5'), parameters('concurrency-limit.queue=7')];
  const contest = await loadContest('breakdown', settings, ['none', 'concurrency-limit', 'short', 'long'], {
    aa: true,
  });
  const [planned] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  expect(planned?.strategies.map(({ name, reference }) => [name, reference])).toEqual([
    ['none', 'none'],
    ['none-again', 'none'],
    ['concurrency-limit', 'concurrency-limit'],
    ['short', 'concurrency-limit'],
    ['long', 'concurrency-limit'],
  ]);
  const own = contest.contenders[2]?.definition.parameters.queue?.default;
  expect(planned?.strategies.map((strategy) => strategy.parameters.queue)).toEqual([
    undefined,
    undefined,
    7,
    5,
    own,
  ]);
});

test('what an alias sets is checked against its strategy', async () => {
  await expect(
    loadContest('breakdown', [ALIASES, parameters('short.quueue=5')], ['none', 'short']),
  ).rejects.toThrow(/parameters\.short\.quueue.*Did you mean "queue"/s);
});

test('an alias has a name of its own, and a strategy that exists', async () => {
  await expect(loadContest('breakdown', [parseSetting('aliases={"mutex":"none"}')], null)).rejects.toThrow(
    'aliases.mutex: expected another name',
  );
  await expect(
    loadContest('breakdown', [parseSetting('aliases={"mine":"mutxe"}')], ['none', 'mine']),
  ).rejects.toThrow('unknown strategy "mutxe"');
});
