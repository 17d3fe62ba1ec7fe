import { fileURLToPath } from 'node:url';
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

test.each([
  [{ outbox: 'cache-aside' }, 'aliases.outbox: expected another name: "outbox" is a built-in strategy’s own'],
  [{ lease: 'none' }, 'aliases.lease: expected another name: "lease" is a built-in strategy’s own'],
  [{ all: 'none' }, 'aliases.all: expected another name: --strategy all means'],
  [{ core: 'none' }, 'aliases.core: expected another name: --strategy core means'],
  [{ baseline: 'none' }, 'aliases.baseline: expected another name: in a threshold'],
  [{ vs: 'none' }, 'aliases.vs: expected another name: in a threshold'],
  [{ one: 'none', two: 'one' }, 'aliases.two: expected a strategy, got the alias "one"; write "none"'],
  [{ one: 'constructor' }, 'aliases.one: unknown strategy "constructor"'],
  [{ idle: 'mutxe' }, 'aliases.idle: unknown strategy "mutxe"; expected one of none, '],
])('the alias %j is refused, whoever runs', async (aliases, message) => {
  const setting = parseSetting(`aliases=${JSON.stringify(aliases)}`);
  await expect(loadContest('breakdown', [setting], ['none'])).rejects.toThrow(message);
  await expect(loadContest('write-crash', [setting], ['cache-aside', 'outbox'])).rejects.toThrow(message);
});

test('an alias may not have the name of a file that runs, which is told with it', async () => {
  const file = fileURLToPath(new URL('../../docs/examples/update-if-cached.ts', import.meta.url));
  const aliases = parseSetting('aliases={"update-if-cached":"none"}');
  await expect(loadContest('write-crash', [aliases], ['cache-aside', file])).rejects.toThrow(
    `aliases.update-if-cached: expected another name: the strategy of ${file} has this one`,
  );
  await expect(
    loadContest('write-crash', [aliases], ['cache-aside', 'update-if-cached']),
  ).resolves.toBeDefined();
});

test('what every object has is no strategy', async () => {
  await expect(loadContest('breakdown', [], ['none', 'constructor'])).rejects.toThrow(
    'unknown strategy "constructor"',
  );
});
