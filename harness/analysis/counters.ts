/** What a server's counter was between two readings of it, and how fast it grew at most. */
import type { TruthReading } from '../probes/ground-truth.ts';

export type PickCounter = (reading: TruthReading) => number;

const PEAK_WINDOW_US = 100_000;

/**
 * Returns a counter's value at a moment. Readings come every 100 ms but not on anybody's edges; between two of them
 * the counter is taken to have grown evenly, and outside of all to stand still.
 *
 * @param readings in the order of time
 */
export function counterAt(readings: readonly TruthReading[], pick: PickCounter, atUs: number): number {
  const next = readings.findIndex((reading) => reading.atUs >= atUs);
  const right = readings[next === -1 ? readings.length - 1 : next];
  const left = readings[next - 1];
  if (right === undefined) return 0;
  if (left === undefined || right.atUs === left.atUs) return pick(right);
  const share = Math.min(1, (atUs - left.atUs) / (right.atUs - left.atUs));
  return pick(left) + share * (pick(right) - pick(left));
}

/**
 * Returns by how much a counter grew in the busiest 100 ms between two moments, per second. Readings are not exactly
 * 100 ms apart: of two that are nearer, the window takes in as much of their neighbours as it lacks, and over two
 * that are farther apart the growth is a mean, so that the true peak may be higher.
 *
 * @returns `null` when less than 100 ms lie between
 */
export function peakPerSec(
  readings: readonly TruthReading[],
  pick: PickCounter,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): number | null {
  if (toUs - fromUs < PEAK_WINDOW_US) return null;
  // The counter has a bend at each reading: the busiest window begins or ends at one, or at an edge.
  const starts = [fromUs, ...readings.flatMap(({ atUs }) => [atUs - PEAK_WINDOW_US, atUs])].map((startUs) =>
    Math.min(Math.max(startUs, fromUs), toUs - PEAK_WINDOW_US),
  );
  const grown = starts.map(
    (startUs) => counterAt(readings, pick, startUs + PEAK_WINDOW_US) - counterAt(readings, pick, startUs),
  );
  return Math.max(...grown) / (PEAK_WINDOW_US / 1e6);
}
