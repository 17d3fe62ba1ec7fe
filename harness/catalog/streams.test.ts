import { expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { loadScenario } from './scenarios.ts';
import { parseSetting } from './settings.ts';

const problemsOf = async (...texts: string[]) =>
  loadScenario('breakdown', texts.map(parseSetting)).then(
    () => null,
    (error: unknown) => (error instanceof UsageError ? error.message : Promise.reject(error)),
  );
const streams = (...all: object[]) => `streams=${JSON.stringify(all)}`;

test('a stream may write the rows that the readers read', async () => {
  expect(
    await problemsOf(
      streams({ name: 'updates', share: 0.1, operation: 'write', keys: { kind: 'readers' } }),
      'keys={"kind":"zipf","count":100,"exponent":1}',
    ),
  ).toBeNull();
});

test('what is not there can’t be written, not even by way of the readers’ keys', async () => {
  const updates = { name: 'updates', share: 0.1, operation: 'write', keys: { kind: 'readers' } };
  expect(await problemsOf(streams(updates), 'keys={"kind":"missing","count":5}')).toContain(
    'streams.0.keys: expected keys to write, such as {kind: "new"}, got {kind: "missing"}',
  );
  expect(await problemsOf(streams({ ...updates, keys: { kind: 'inserted' } }))).toContain(
    'got {kind: "inserted"}',
  );
});

test('a kind of keys that there is not is told from those that there are', async () => {
  const reads = { name: 'others', share: 0.1, keys: { kind: 'redaers' } };
  expect(await problemsOf(streams(reads))).toMatch(
    /streams\.0\.keys\.kind: expected "hot" or .* or "readers", got string "redaers"\. Did you mean "readers"\?/,
  );
  expect(await problemsOf('keys={"kind":"zpif"}')).toContain('Did you mean "zipf"?');
});
