/** Every known race under every write strategy without a relay, by schedule. `npm run proof:races` plays it often. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StrategyBench, startStrategyBench } from '../service/testing.ts';
import { contenders, playRace, prepareRows } from './play.ts';
import { happens, races } from './table.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
  await prepareRows(bench, contenders.length * races.length);
});
afterAll(() => bench[Symbol.asyncDispose]());

let rows = 0;

describe.each(contenders.map((definition) => [definition.name, definition] as const))(
  '%s',
  (name, definition) => {
    test.each(races.map((race) => [race.name, happens[name]?.[race.name] ?? 'right', race] as const))(
      '%s: %s',
      async (_race, outcome, race) => {
        expect(await playRace(bench, definition, race, `item-${rows++}`)).toBe(outcome);
      },
    );
  },
);

test('the table knows every strategy, and no race that is not played', () => {
  expect(Object.keys(happens).sort()).toEqual(contenders.map(({ name }) => name).sort());
  const played = races.map(({ name }) => name);
  expect(Object.values(happens).flatMap(Object.keys)).toSatisfy((named: string[]) =>
    named.every((name) => played.includes(name)),
  );
});
