import { expect, test } from 'vitest';
import { foreignServerProblems } from './foreign-servers.ts';
import { loadScenario } from './scenarios.ts';

const problemsOf = async (...references: string[]) =>
  foreignServerProblems(await Promise.all(references.map((reference) => loadScenario(reference, []))));

test('a flush of our own keys, and the end of our own processes, harm nobody', async () => {
  expect(await problemsOf('breakdown:killed-holder', 'avalanche', 'write-crash:relay-killed')).toEqual([]);
});

test.each([
  ['write-crash:refused-delete', 'its fault refuse: not on servers of your own'],
  ['write-crash:broker-restarted', 'its fault restart of rabbitmq: not on servers of your own'],
  ['write-crash:read-only', 'its fault read-only: not on servers of your own'],
  ['eviction', 'its limit of Redis’s memory (cache.roomBytes): not on servers of your own'],
])('%s needs servers of the run’s own', async (reference, message) => {
  const [problem, hint] = await problemsOf(reference);
  expect(problem).toEqual({ path: reference.replace(':', '-'), message });
  expect(hint?.message).toMatch(/^what can run: breakdown .*avalanche:cold.* write-crash:unflushed/);
});

test('what of the chosen can run is named as it is given', async () => {
  const problems = await problemsOf('write-crash', 'write-crash:unflushed', 'eviction');
  expect(problems.at(-1)?.message).toBe(
    'of these can run: write-crash write-crash:unflushed (name them, with --variants none)',
  );
});
