import { expect, it } from 'vitest';
import { loadCases } from './load-case.ts';
import type { MeasuredRun, Run } from './measure.ts';
import { summariseCase } from './summary.ts';

const [CONSTANT] = loadCases;
if (CONSTANT === undefined) throw new Error('there is no case');

function run(tool: string, repeat: number, cpuUsPerRequest: number | null, p50Ms: number): MeasuredRun {
  const latencyMs = { p50: p50Ms, p90: 20, p99: 30, max: 40 };
  return {
    ...{ status: 'measured', tool, loadCase: 'constant', repeat, asked: '1,000/s', cpuUsPerRequest },
    reading: { latencyMs, answers: 4_000, errors: 0 },
    truth: {
      latencyMs: { ...latencyMs, p50: 10 },
      requests: 4_000,
      deliveredPerSec: 1_000,
      busiestTenth: 100,
    },
    cpuMsInAll: 1,
  };
}

it('compares CPU times inside a repeat, and errors run by run', () => {
  const runs: Run[] = [
    ...[run('ours', 0, 40, 11), run('ours', 1, 80, 12), run('ours', 2, 44, 11)],
    ...[run('peer', 0, 20, 5), run('peer', 1, 40, 10), run('peer', 2, 44, 8)],
    { ...run('peer', 0, 999, 999), loadCase: 'null' },
  ];
  const { tools, truthMs } = summariseCase(CONSTANT, ['ours', 'peer', 'missing'], runs);
  expect(tools.map(({ tool }) => tool)).toEqual(['ours', 'peer']);
  expect(truthMs).toEqual({ p50: 10, p90: 20, p99: 30, max: 40 });
  const [ours, peer] = tools;
  expect(ours?.cpuRatio).toEqual({ median: 1, low: 1, high: 1 });
  expect(ours?.cpuUsPerRequest).toEqual({ median: 44, low: 40, high: 80 });
  expect(peer?.cpuRatio).toEqual({ median: 0.5, low: 0.5, high: 1 });
  expect(peer?.latency.p50.readMs).toEqual({ median: 8, low: 5, high: 10 });
  expect(peer?.latency.p50.errorMs).toEqual({ median: -2, low: -5, high: 0 });
  expect(peer?.latency.p50.errorShare.low).toBeCloseTo(-0.5, 9);
});

it('tells of failures, and does without the CPU times that are missing', () => {
  const runs: Run[] = [
    run('ours', 0, null, 10),
    run('peer', 0, 20, 10),
    { status: 'failed', tool: 'peer', loadCase: 'constant', repeat: 1, reason: 'it sent no request' },
    { status: 'failed', tool: 'other', loadCase: 'constant', repeat: 1, reason: 'gone' },
  ];
  const { tools, failures } = summariseCase(CONSTANT, ['ours', 'peer', 'other'], runs);
  expect(tools.map(({ cpuUsPerRequest, cpuRatio }) => [cpuUsPerRequest?.median, cpuRatio])).toEqual([
    [undefined, null],
    [20, null],
  ]);
  expect(failures).toEqual([
    { tool: 'peer', reason: 'it sent no request' },
    { tool: 'other', reason: 'gone' },
  ]);
});
