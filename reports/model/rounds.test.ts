import { describe, expect, test } from 'vitest';
import { heldResult, scenarioOf } from '../fixtures/results.ts';
import { roundsOf, roundsWords } from './rounds.ts';

/** A run of scenarios that were measured so often. */
function measured(...counts: readonly number[]) {
  const { provenance, ...result } = heldResult();
  const scenario = scenarioOf({ ...result, provenance });
  const [strategy] = scenario.strategies;
  if (strategy === undefined) throw new Error('the fixture has no strategy');
  const scenarios = counts.map((count) => {
    const values = Array.from({ length: count }, () => 1);
    const reads = { unit: 'count' as const, median: 1, low: 1, high: 1, values };
    return { ...scenario, strategies: [{ ...strategy, metrics: { 'db.reads': reads } }] };
  });
  return { scenarios, provenance: { ...provenance, rounds: 5 } };
}

describe('rounds', () => {
  test('are those that were measured, not those that were planned', () => {
    expect(measured(3).scenarios.map(roundsOf)).toEqual([3]);
    expect(roundsWords(measured(3))).toBe('3 rounds');
    expect(roundsWords(measured(1, 1))).toBe('1 round');
  });

  test('are told as a range where scenarios differ', () => {
    expect(roundsWords(measured(3, 1, 3))).toBe('1 to 3 rounds');
  });

  test('are those of the plan where nothing was measured', () => {
    expect(roundsWords(measured(0))).toBe('5 rounds');
    expect(roundsWords(measured())).toBe('5 rounds');
  });
});
