import { describe, expect, it } from 'vitest';
import type { Metric } from '../../harness/result/schema.ts';
import { avalancheResult } from '../fixtures/avalanche.ts';
import { penetrationResult } from '../fixtures/penetration.ts';
import { edit, heldResult, named, scenarioOf } from '../fixtures/results.ts';
import { metricOf } from '../fixtures/storm.ts';
import { emptyResult } from '../fixtures/variants.ts';
import { boundMetric, buildMatrix, type Cell, type Row } from './matrix.ts';

function matrixOf(result = heldResult()) {
  return buildMatrix(scenarioOf(result));
}

function cellOf(row: Row | undefined, metric: string): Cell {
  const found = row?.cells.find(({ column }) => column.metric === metric);
  if (found === undefined) throw new Error(`no column ${metric}`);
  return found;
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
    const best = matrixOf(result).rows.filter((row) => cellOf(row, 'latency.response.p99').best);
    expect(best.map(({ strategy }) => strategy.name)).toEqual(['mutex', 'single-flight']);
  });

  it('takes the highest as best for goodput, and none when all tie', () => {
    const goodput = matrixOf().rows.map((row) => cellOf(row, 'goodput').best);
    expect(goodput).toEqual([false, true, true, true]);
    const tied = edit((_, scenario) => {
      for (const strategy of scenario.strategies) strategy.metrics.goodput = metricOf('fraction', [1, 1, 1]);
    });
    expect(matrixOf(tied).rows.some((row) => cellOf(row, 'goodput').best)).toBe(false);
  });

  it('takes nothing as best of which neither end is good', () => {
    const result = edit((_, scenario) => {
      scenario.columns = ['db.writes', 'db.reads'];
      for (const [index, strategy] of scenario.strategies.entries()) {
        strategy.metrics['db.writes'] = metricOf('count', [index, index, index]);
      }
    });
    const best = (metric: string) => matrixOf(result).rows.filter((row) => cellOf(row, metric).best).length;
    expect([best('db.writes'), best('db.reads')]).toEqual([0, 2]);
  });

  it('adds up errors round by round', () => {
    const result = edit((_, scenario) => {
      const { metrics } = named(scenario, 'mutex');
      metrics['requests.failed'] = metricOf('count', [1, 0, 5]);
      metrics['requests.timeout'] = metricOf('count', [0, 2, 0]);
      metrics['requests.lost'] = metricOf('count', [0, 0, 0]);
    });
    expect(cellOf(matrixOf(result).rows[1], 'requests.errors')).toMatchObject({ text: '2', interval: '1–5' });
  });

  it('stands a dash for what was not measured, and nothing is best', () => {
    for (const { cells, bar } of matrixOf(emptyResult()).rows) {
      expect(cells.map(({ text }) => text)).toEqual(Array(9).fill('–'));
      expect(cells.some(({ best, predicted }) => best || predicted !== null)).toBe(false);
      expect(bar).toBeNull();
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
    expect(boundMetric(scenarioOf(result))).toBe('db.hitRate');
  });
});

describe('the columns of a scenario', () => {
  it('are those that it names, in its order, with a prediction beside each that has bounds', () => {
    const { columns, rows } = matrixOf(penetrationResult());
    expect(columns.map(({ metric, predicted }) => `${metric}${predicted ? ', predicted' : ''}`)).toEqual([
      'db.reads',
      'db.loadsPerMissing.repeated, predicted',
      'db.loadsPerMissing.endless, predicted',
      'honest.latency.response.p99',
      'honest.goodput',
      'inserted.falseNotFound',
      'cache.memoryBytes',
    ]);
    const nullCache = rows.find(({ strategy }) => strategy.name === 'null-cache');
    expect(cellOf(nullCache, 'db.loadsPerMissing.repeated').predicted).toMatchObject({ text: '≤ 0.268' });
    expect(cellOf(nullCache, 'db.loadsPerMissing.endless').predicted).toMatchObject({ text: '1' });
    expect(cellOf(nullCache, 'cache.memoryBytes')).toMatchObject({ text: '1.55', interval: '1.54–1.56' });
  });

  it('order the rows by the first of them, the best on top, and by database load what is alike in that', () => {
    const orderBy = (first: string, values: Readonly<Record<string, number>>) => {
      const result = penetrationResult();
      const scenario = scenarioOf(result);
      const strategies = scenario.strategies.map((strategy) => {
        const value = values[strategy.name] ?? 0;
        const metric: Metric = { unit: 'fraction', median: value, low: value, high: value, values: [value] };
        return { ...strategy, metrics: { ...strategy.metrics, [first]: metric } };
      });
      return buildMatrix({ ...scenario, columns: [first, 'db.reads'], strategies }).rows.map(
        ({ strategy }) => strategy.name,
      );
    };
    const [baseline = '', one = '', two = '', ...rest] = matrixOf(penetrationResult()).rows.map(
      ({ strategy }) => strategy.name,
    );
    expect(orderBy('staleness.readRate', { [baseline]: 9, [one]: 0.5 })).toEqual([
      baseline,
      two,
      ...rest,
      one,
    ]);
    expect(orderBy('cache.hitRate', { [two]: 0.5 })).toEqual([baseline, two, one, ...rest]);
    expect(orderBy('db.writes', { [one]: 5 })).toEqual([baseline, one, two, ...rest]);
  });

  it('leave out the prediction that nobody states', () => {
    const { columns, rows } = matrixOf(avalancheResult());
    expect(columns.filter(({ predicted }) => predicted).map(({ metric }) => metric)).toEqual([
      'db.peakQps',
      'age.maxMs',
    ]);
    expect(cellOf(rows[0], 'db.peakQps').predicted).toBeNull();
  });

  it('say never where a service was not back, and in part where it was not in every round', () => {
    const { rows } = matrixOf(avalancheResult());
    const recovery = new Map(rows.map((row) => [row.strategy.name, cellOf(row, 'recovery.to95Ms')] as const));
    expect(recovery.get('none')).toMatchObject({ text: 'never', interval: null, best: false });
    expect(recovery.get('jitter+limit+stale')).toMatchObject({ text: '2,710', interval: '2,700–never' });
    expect(recovery.get('rewarm+limit')).toMatchObject({ text: '0', best: true });
  });
});
