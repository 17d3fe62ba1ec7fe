import { expect, test } from 'vitest';
import type { GeneratorReport, StreamReport } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { Scenario } from '../scenario/schema.ts';
import { operationValues } from './operations.ts';

function answeredIn(...ms: readonly number[]): StreamReport {
  using histogram = new LatencyHistogram();
  for (const one of ms) histogram.record(one * 1e3);
  return { responseHistogram: histogram.encode() } as StreamReport;
}

const LOAD = {
  streams: {
    honest: answeredIn(...Array<number>(98).fill(1)),
    others: answeredIn(20, 30),
    updates: answeredIn(5, 5, 9),
  },
} as unknown as GeneratorReport;

function valuesOf(...streams: readonly (readonly [string, 'read' | 'write'])[]) {
  const scenario = { streams: streams.map(([name, operation]) => ({ name, operation })) } as Scenario;
  return Object.values(operationValues(LOAD, scenario)).map((ms) => ms && Math.round(ms));
}

test('all streams that read, and all that write, together', () => {
  expect(valuesOf(['others', 'read'], ['updates', 'write'])).toEqual([1, 1, 20, 5, 9]);
  expect(valuesOf(['updates', 'write'])).toEqual([1, 1, 1, 5, 9]);
});

test('of a load that only reads nothing is said twice', () => {
  expect(valuesOf(['others', 'read'])).toEqual([null, null, null, null, null]);
});
