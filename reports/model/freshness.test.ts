import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldResult } from '../fixtures/results.ts';
import { writeResult } from '../fixtures/write-consistency.ts';
import { atLeast, freshnessTable } from './freshness.ts';

function table(change: (scenario: ReturnType<typeof writeResult>['scenarios'][number]) => void = () => {}) {
  const [scenario] = writeResult().scenarios;
  if (scenario === undefined) throw new Error('the fixture has a scenario');
  change(scenario);
  return freshnessTable(scenario);
}

/** By the label of their column. */
function cellsOf(strategy: string, from = table()) {
  const cells = from?.rows.find((row) => row.strategy.name === strategy)?.cells ?? [];
  return Object.fromEntries(from?.columns.map(({ label }, index) => [label, cells[index]]) ?? []);
}

describe('atLeast', () => {
  it.each([
    [3 / 3_000, '99.9'],
    [3 / 3_574, '99.916'],
    [0.00249, '99.75'],
    [0.0163, '98.3'],
    [0.31, '69'],
    [1, '0'],
    [3e-5, '99.997'],
    [0, '100'],
  ])('of a bad share of %d at most is %s', (bad, text) => {
    expect(atLeast(bad)).toBe(text);
  });

  it('promises no more than is supported, and no more than a tenth of what is bad less', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), (bad) => {
        const said = 1 - Number(atLeast(bad)) / 100;
        expect(said).toBeGreaterThanOrEqual(bad * (1 - 1e-6) - 1e-8);
        expect(said).toBeLessThanOrEqual(bad * 1.1 + 1e-8);
      }),
    );
  });
});

describe('freshnessTable', () => {
  it('has a row for each strategy with a history, in the order of the matrix', () => {
    expect(table()?.rows.map(({ strategy }) => strategy.name)).toEqual([
      'cache-aside',
      'versioned',
      'binlog',
      'double-write-both',
    ]);
  });

  it('adds up the steps that lie within a column', () => {
    const cells = cellsOf('binlog');
    expect(cells['saw it < 1 ms after']).toEqual({ text: '98.7', small: '27 of 2,000', quiet: false });
    expect(cells['saw it 1–10 ms after']).toEqual({ text: '>99.9', small: '2 of 4,000', quiet: false });
    expect(cells['saw it > 1 s after']).toEqual({ text: '100', small: '0 of 2,000', quiet: true });
  });

  it('says what so many reads support, and no 100', () => {
    expect(cellsOf('versioned')['not stale at all: at least']).toEqual({
      ...{ text: '99.975', small: '0 of 12,000', quiet: true },
    });
    const aside = cellsOf('cache-aside');
    expect(aside['not stale > 10 ms: at least']).toEqual({
      ...{ text: '99.84', small: '12', quiet: false },
    });
  });

  it('tells Gamma of all rounds, and what one client saw per round', () => {
    const cells = cellsOf('double-write-both');
    expect(cells.Gamma).toEqual({ text: '3,870', small: '40 of 4,000', quiet: false });
    expect(cells['to one client: missed own write']).toEqual({ text: '1', small: '0–3', quiet: false });
    expect(cells['to one client: went back']).toEqual({ text: '0', small: null, quiet: true });
  });

  it('leaves out a time after which nobody read', () => {
    const short = table(({ strategies }) => {
      for (const strategy of strategies) {
        const { freshness } = strategy;
        if (freshness === undefined) continue;
        const visibility = freshness.visibility.filter(({ fromMs }) => fromMs < 1_000);
        strategy.freshness = { ...freshness, visibility };
      }
    });
    expect(short?.columns.map(({ label }) => label)).not.toContain('saw it > 1 s after');
    expect(short?.columns).toHaveLength((table()?.columns.length ?? 0) - 1);
    expect(new Set(short?.rows.map(({ cells }) => cells.length))).toEqual(new Set([11]));
  });

  it('is not there where no history was kept', () => {
    const [scenario] = heldResult().scenarios;
    expect(scenario === undefined ? undefined : freshnessTable(scenario)).toBeNull();
  });
});
