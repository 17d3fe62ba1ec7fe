/** Which strips a scenario's storm is shown in: the same for all of its strategies, each with its own words. */
import type { ScenarioResult, StrategyResult } from '../../harness/result/schema.ts';
import { databaseOverTime } from '../charts/database-over-time.ts';
import type { StripInput, StripPoint } from '../charts/frame.ts';
import { latencyOverTime } from '../charts/latency-over-time.ts';
import type { LayeredSpec } from '../charts/layer.ts';
import { memoryOverTime } from '../charts/memory-over-time.ts';
import { goodputOverTime, hitRatioOverTime } from '../charts/share-over-time.ts';
import { stalenessOverTime } from '../charts/staleness-over-time.ts';
import { quantity, significant } from '../model/format.ts';

export interface Strip {
  readonly draw: (input: StripInput) => LayeredSpec;
  /** For readers who can't see the chart. */
  readonly tell: (strategy: StrategyResult, input: StripInput) => string;
}

/**
 * Response time, database and hit ratio always; goodput first where something set the storm off, for recovery is
 * read there; stale reads where they were judged; memory where the scenario names it as a column.
 */
export function stripsOf(scenario: ScenarioResult): readonly Strip[] {
  const timelines = scenario.strategies.flatMap(({ timeline }) => timeline ?? []);
  const triggered = timelines.some(({ triggers = [] }) => triggers.length > 0);
  const known = (read: (point: StripPoint) => unknown) =>
    timelines.some(({ points }) => points.some((point) => read(point) !== undefined));
  return [
    ...(triggered && known((point) => point.goodput) ? [GOODPUT] : []),
    ...(known((point) => point.staleReads) ? [STALE_READS] : []),
    LATENCY,
    DATABASE,
    HIT_RATIO,
    ...(scenario.columns?.includes('cache.memoryBytes') && known((point) => point.memoryBytes)
      ? [MEMORY]
      : []),
  ];
}

const GOODPUT: Strip = {
  draw: goodputOverTime,
  tell: (strategy, input) =>
    lowestShare(
      strategy,
      'goodput',
      values(input, (point) => point.goodput),
    ),
};

const LATENCY: Strip = {
  draw: latencyOverTime,
  tell: ({ name }, input) => {
    const { expiriesMs, triggers = [] } = input.timeline;
    const events = [
      ...(expiriesMs.length > 0 || triggers.length === 0 ? [`${expiriesMs.length} expiries`] : []),
      ...triggers.map((trigger) => `${trigger.name} at ${significant(trigger.fromMs / 1000)} s`),
    ];
    return `${name}: response time over time, ${events.join(', ')}; the slowest window had a p99 of ${quantity(
      most(values(input, (point) => point.p99Ms)),
      'ms',
    )}.`;
  },
};

const DATABASE: Strip = {
  draw: databaseOverTime,
  tell: ({ name }, input) =>
    `${name}: database queries per second; the busiest window ran at ${significant(
      most(values(input, (point) => point.dbReadsPerSec)),
    )}, capacity ${significant(input.frame.capacityPerSec)}.`,
};

const STALE_READS: Strip = {
  draw: stalenessOverTime,
  tell: ({ name }, input) => {
    const shares = values(input, (point) => point.staleReads);
    if (shares.length === 0) return `${name}: no read was judged.`;
    return `${name}: stale reads; in the worst window ${quantity(most(shares), 'fraction')} of the reads were.`;
  },
};

const HIT_RATIO: Strip = {
  draw: hitRatioOverTime,
  tell: (strategy, input) =>
    lowestShare(
      strategy,
      'cache hit ratio',
      values(input, (point) => point.hitRatio),
    ),
};

const MEMORY: Strip = {
  draw: memoryOverTime,
  tell: ({ name }, input) =>
    `${name}: memory of the cache; the most was ${quantity(most(values(input, (point) => point.memoryBytes)), 'bytes')}.`,
};

function values(
  { timeline }: StripInput,
  read: (point: StripPoint) => number | null | undefined,
): readonly number[] {
  return timeline.points.flatMap((point) => read(point) ?? []);
}

function most(known: readonly number[]): number {
  return known.reduce((a, b) => Math.max(a, b), 0);
}

function lowestShare({ name }: StrategyResult, what: string, known: readonly number[]): string {
  if (known.length === 0) return `${name}: ${what} was not recorded.`;
  const lowest = known.reduce((a, b) => Math.min(a, b));
  return `${name}: ${what}; the lowest window had ${quantity(lowest, 'fraction')}.`;
}
