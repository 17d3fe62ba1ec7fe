import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../infra/stack.ts';
import { type StrategyBench, strategyBenchOn } from '../service/testing.ts';
import { prepareRows } from './play.ts';
import { relayedContenders, startTroupe } from './relayed-play.ts';
import { relayed, relayedRaces } from './relayed-table.ts';

/**
 * Every known race of relays under every write strategy that has one. Each test makes a dataset of its own.
 *
 * @param stackOf With Redis, the database and a broker; asked before the first test.
 */
export function relayedRaceSuite(stackOf: () => Stack): void {
  let bench: StrategyBench;
  beforeAll(async () => {
    bench = await strategyBenchOn(stackOf());
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test.each(relayedContenders)('$name: its own races happen, and no other', async (definition) => {
    await prepareRows(bench, relayedRaces.length);
    await using troupe = await startTroupe(bench, definition);
    const outcomes: Record<string, string> = {};
    for (const [row, race] of relayedRaces.entries()) {
      outcomes[race.name] = await troupe.play(race, `item-${row}`);
    }
    const right = Object.fromEntries(relayedRaces.map(({ name }) => [name, 'right']));
    expect(outcomes).toEqual({ ...right, ...relayed[definition.name]?.happens });
  });

  test('the table knows every strategy', () => {
    expect(Object.keys(relayed).sort()).toEqual(relayedContenders.map(({ name }) => name).sort());
  });
}
