/** The axes that all strips of a scenario share: without them small multiples can't be compared. */
import type { ScenarioResult, Timeline } from '../../harness/result/schema.ts';
import { logDomain } from './theme.ts';

export interface TimeFrame {
  readonly seconds: readonly [number, number];
  readonly latencyMs: readonly [number, number];
  readonly queriesPerSec: readonly [number, number];
  readonly capacityPerSec: number;
  /** `null` where no timeline has it. */
  readonly memoryMiB: readonly [number, number] | null;
  /** The largest share of stale reads of any window, 0 to 1; `null` where no timeline has it. */
  readonly staleShare: number | null;
}

/** What one strip draws. */
export interface StripInput {
  readonly frame: TimeFrame;
  readonly timeline: Timeline;
  /** The baseline's timeline, drawn faint behind; `null` on the baseline's own strip. */
  readonly ghost: Timeline | null;
  /** CSS colour, e.g. `var(--s1)`. */
  readonly colour: string;
  /** Width of the whole picture in CSS pixels. */
  readonly width: number;
  /** The first of its stack names the triggers, the last has the time axis. */
  readonly first: boolean;
  readonly last: boolean;
}

export type StripPoint = Timeline['points'][number];

/** `null` when no strategy has a timeline. */
export function timeFrame(scenario: ScenarioResult): TimeFrame | null {
  const timelines = scenario.strategies.flatMap((strategy) => strategy.timeline ?? []);
  const points = timelines.flatMap((timeline) => timeline.points);
  if (points.length === 0) return null;
  const capacityPerSec = scenario.capacity.queriesPerSec;
  const lastMs = timelines.map((t) => (t.points.at(-1)?.tMs ?? 0) + t.windowMs);
  const peak = points.reduce((most, point) => Math.max(most, point.dbReadsPerSec ?? 0), 0);
  return {
    seconds: [Math.min(0, (points[0]?.tMs ?? 0) / 1000), Math.max(...lastMs) / 1000],
    latencyMs: logDomain(points.flatMap((point) => [point.p50Ms ?? 0, point.p99Ms ?? 0])),
    queriesPerSec: [0, Math.max(peak, capacityPerSec, 1) * 1.08],
    capacityPerSec,
    memoryMiB: memoryDomain(points.flatMap(({ memoryBytes }) => memoryBytes ?? [])),
    staleShare: points.reduce<number | null>(
      (most, { staleReads }) => (typeof staleReads === 'number' ? Math.max(most ?? 0, staleReads) : most),
      null,
    ),
  };
}

export const MIB = 1024 ** 2;

/** From nothing: what a cache holds is compared by its size. */
function memoryDomain(bytes: readonly number[]): TimeFrame['memoryMiB'] {
  if (bytes.length === 0) return null;
  return [0, (bytes.reduce((a, b) => Math.max(a, b)) / MIB) * 1.08];
}

/**
 * At most `limit` points: neighbours are merged, keeping what a reader looks for, the slowest, the busiest,
 * the stalest and the lowest hit ratio and goodput. A thinned chart therefore overstates, never hides.
 */
export function thin(points: readonly StripPoint[], limit: number): readonly StripPoint[] {
  const size = Math.ceil(points.length / Math.max(1, limit));
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, group) =>
    merge(points.slice(group * size, (group + 1) * size)),
  );
}

function merge(group: readonly StripPoint[]): StripPoint {
  const known = (read: (point: StripPoint) => number | null) => group.flatMap((point) => read(point) ?? []);
  const most = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
  const least = (values: readonly number[]) => (values.length === 0 ? null : Math.min(...values));
  const goodput = known((point) => point.goodput ?? null);
  const stale = known((point) => point.staleReads ?? null);
  const memory = most(known((point) => point.memoryBytes ?? null));
  const p50 = known((point) => point.p50Ms).toSorted((a, b) => a - b);
  return {
    tMs: group[0]?.tMs ?? 0,
    offered: group.reduce((sum, point) => sum + point.offered, 0),
    p50Ms: p50[Math.floor(p50.length / 2)] ?? null,
    p99Ms: most(known((point) => point.p99Ms)),
    dbReadsPerSec: most(known((point) => point.dbReadsPerSec)),
    hitRatio: least(known((point) => point.hitRatio)),
    ...(goodput.length === 0 ? {} : { goodput: least(goodput) }),
    ...(memory === null ? {} : { memoryBytes: memory }),
    ...(stale.length === 0 ? {} : { staleReads: most(stale) }),
  };
}
