import { describe, expect, it } from 'vitest';
import { edit, heldResult, named } from '../fixtures/results.ts';
import { metricOf } from '../fixtures/storm.ts';
import { emptyResult } from '../fixtures/variants.ts';
import { boundMetric, buildMatrix } from './matrix.ts';

function matrixOf(result = heldResult()) {
  const [scenario] = result.scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  return buildMatrix(scenario);
}

describe('buildMatrix', () => {
  it('puts the baseline first, then fewer database reads before more', () => {
    expect(matrixOf().rows.map(({ strategy }) => strategy.name)).toEqual([
      'none',
      'mutex',
      'logical-expiry',
      'single-flight',
    ]);
  });

  it('keeps the baseline first when it reads least', () => {
    const result = edit((_, scenario) => {
      named(scenario, 'none').metrics['db.reads'] = metricOf('count', [0, 0, 0]);
    });
    expect(matrixOf(result).rows[0]?.strategy.name).toBe('none');
  });

  it('shares the best between strategies whose rounds overlap', () => {
    const result = edit((_, scenario) => {
      for (const strategy of scenario.strategies) {
        strategy.metrics['latency.response.p99'] = metricOf('ms', [300, 310, 320]);
      }
      named(scenario, 'mutex').metrics['latency.response.p99'] = metricOf('ms', [100, 105, 120]);
      named(scenario, 'single-flight').metrics['latency.response.p99'] = metricOf('ms', [119, 130, 140]);
    });
    const best = matrixOf(result).rows.filter(({ cells }) => cells.p99.best);
    expect(best.map(({ strategy }) => strategy.name)).toEqual(['mutex', 'single-flight']);
  });

  it('takes the highest as best for goodput, and none when all tie', () => {
    const goodput = matrixOf().rows.map(({ cells }) => cells.goodput.best);
    expect(goodput).toEqual([false, true, true, true]);
    const tied = edit((_, scenario) => {
      for (const strategy of scenario.strategies) strategy.metrics.goodput = metricOf('fraction', [1, 1, 1]);
    });
    expect(matrixOf(tied).rows.some(({ cells }) => cells.goodput.best)).toBe(false);
  });

  it('adds up errors round by round', () => {
    const result = edit((_, scenario) => {
      const { metrics } = named(scenario, 'mutex');
      metrics['requests.failed'] = metricOf('count', [1, 0, 5]);
      metrics['requests.timeout'] = metricOf('count', [0, 2, 0]);
      metrics['requests.lost'] = metricOf('count', [0, 0, 0]);
    });
    const { errors } = matrixOf(result).rows[1]?.cells ?? {};
    expect(errors).toMatchObject({ text: '2', interval: '1–5' });
  });

  it('stands a dash for what was not measured, and nothing is best', () => {
    for (const { cells, predicted, bar } of matrixOf(emptyResult()).rows) {
      expect(Object.values(cells).map(({ text }) => text)).toEqual(Array(9).fill('–'));
      expect(Object.values(cells).some(({ best }) => best)).toBe(false);
      expect([predicted, bar]).toEqual([null, null]);
    }
  });

  it('draws bars on a log scale from nothing to the most', () => {
    const bars = matrixOf().rows.map(({ bar }) => bar ?? -1);
    expect(bars[0]).toBe(1);
    expect(bars[1]).toBeCloseTo(Math.log1p(5) / Math.log1p(503), 2);
  });

  it('shows the bound that the scenario states when it has no expiries', () => {
    const result = edit((_, scenario) => {
      for (const { bounds } of scenario.strategies) for (const bound of bounds) bound.metric = 'db.hitRate';
    });
    const [scenario] = result.scenarios;
    expect(scenario && boundMetric(scenario)).toBe('db.hitRate');
  });
});
