import { median } from '../analysis/statistics/summary.ts';
import type { LoadCase } from './load-case.ts';
import type { MeasuredRun, Run } from './measure.ts';
import { type PercentileName, percentileNames } from './percentiles.ts';

/** Over the repeats. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One tool in one case, over its repeats. */
export interface ToolSummary {
  readonly tool: string;
  readonly asked: string;
  readonly deliveredPerSec: Spread;
  readonly busiestTenth: Spread;
  /** `null` when it could not be read in any. */
  readonly cpuUsPerRequest: Spread | null;
  /** Against ours in the same repeat; `null` when it could not be read of both in any. */
  readonly cpuRatio: Spread | null;
  readonly latency: Readonly<Record<PercentileName, LatencySummary>>;
}

export interface LatencySummary {
  /** As the tool read it. */
  readonly readMs: Spread;
  /** Reading less truth, run by run. */
  readonly errorMs: Spread;
  /** The same as a share of the truth. */
  readonly errorShare: Spread;
}

export interface CaseSummary {
  readonly loadCase: LoadCase;
  /** Medians over all runs of the case, of whichever tool. */
  readonly truthMs: Readonly<Record<PercentileName, number>>;
  /** In the order of the registry; without those that have no measured run. */
  readonly tools: readonly ToolSummary[];
  readonly failures: readonly { readonly tool: string; readonly reason: string }[];
}

/** @param tools names, ours first */
export function summariseCase(
  loadCase: LoadCase,
  tools: readonly string[],
  allRuns: readonly Run[],
): CaseSummary {
  const runs = allRuns.filter((run) => run.loadCase === loadCase.name);
  const measured = runs.filter((run) => run.status === 'measured');
  const ours = new Map(
    measured
      .filter(({ tool }) => tool === tools[0])
      .flatMap(({ repeat, cpuUsPerRequest: cpuUs }) => (cpuUs === null ? [] : [[repeat, cpuUs] as const])),
  );
  return {
    loadCase,
    truthMs: perPercentile((name) => median(measured.map(({ truth }) => truth.latencyMs[name]))),
    tools: tools.flatMap((tool) => {
      const own = measured.filter((run) => run.tool === tool);
      return own.length === 0 ? [] : [summariseTool(tool, own, ours)];
    }),
    failures: runs.flatMap((run) =>
      run.status === 'failed' ? [{ tool: run.tool, reason: run.reason }] : [],
    ),
  };
}

function summariseTool(
  tool: string,
  runs: readonly MeasuredRun[],
  ours: ReadonlyMap<number, number>,
): ToolSummary {
  const spread = (of: (run: MeasuredRun) => number): Spread => spreadOf(runs.map(of));
  const paired = runs.flatMap(({ repeat, cpuUsPerRequest }) => {
    const own = ours.get(repeat);
    return own === undefined || cpuUsPerRequest === null ? [] : [cpuUsPerRequest / own];
  });
  const cpuUs = runs.map((run) => run.cpuUsPerRequest).filter((each) => each !== null);
  return {
    tool,
    asked: runs[0]?.asked ?? '',
    deliveredPerSec: spread(({ truth }) => truth.deliveredPerSec),
    busiestTenth: spread(({ truth }) => truth.busiestTenth),
    cpuUsPerRequest: spreadOrNull(cpuUs),
    cpuRatio: spreadOrNull(paired),
    latency: perPercentile((name) => ({
      readMs: spread(({ reading }) => reading.latencyMs[name]),
      errorMs: spread(({ reading, truth }) => reading.latencyMs[name] - truth.latencyMs[name]),
      errorShare: spread(({ reading, truth }) => reading.latencyMs[name] / truth.latencyMs[name] - 1),
    })),
  };
}

function spreadOrNull(values: readonly number[]): Spread | null {
  return values.length === 0 ? null : spreadOf(values);
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

function perPercentile<T>(of: (name: PercentileName) => T): Record<PercentileName, T> {
  return Object.fromEntries(percentileNames.map((name) => [name, of(name)])) as Record<PercentileName, T>;
}
