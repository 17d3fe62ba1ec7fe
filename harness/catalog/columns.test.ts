import { expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { builtInScenarios, loadScenario } from './scenarios.ts';
import { parseSetting } from './settings.ts';

const columnsOf = async (text: string) =>
  loadScenario('breakdown', [parseSetting(`columns=${text}`)]).then(
    ({ columns }) => columns,
    (error: unknown) => (error instanceof UsageError ? error.message : Promise.reject(error)),
  );

test('columns are metrics, each once, nine at most', async () => {
  expect(await columnsOf('["db.reads","cache.memoryBytes"]')).toEqual(['db.reads', 'cache.memoryBytes']);
  expect(await columnsOf('null')).toBeNull();
  expect(await columnsOf('["db.raeds"]')).toMatch(
    /columns\.0: unknown metric "db\.raeds"; expected one of .*Did you mean "db\.reads"\?/,
  );
  expect(await columnsOf('["goodput","goodput"]')).toContain('columns.1: "goodput" is named more than once');
  expect(await columnsOf(JSON.stringify(Array(10).fill('goodput')))).toContain('columns: expected at most 9');
  expect(await columnsOf('[]')).toContain('columns: expected at least 1');
});

test('every scenario of ours can be loaded with its own', async () => {
  for (const { name, columns } of builtInScenarios()) {
    expect((await loadScenario(name, [])).columns).toEqual(columns ?? null);
  }
});
