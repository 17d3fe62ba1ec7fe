import type { LagWindow } from '../relay/protocol.ts';
import { median } from './statistics/summary.ts';

/** So many stretches of the storm at most: pairs of them are compared. */
const MOST_STRETCHES = 200;
/** Fewer say nothing of a trend. */
const LEAST_STRETCHES = 8;
const WINDOW_US = 100_000;

/**
 * The rate at which relays fall behind: by how many ms the lag grows in a second, 0 where they keep up or catch up.
 *
 * Lags are taken by when the changes were applied, not sent. A relay that carries on only a share `s` of what comes
 * then gains `1000 (1 - s)` ms a second whatever the rate, so 100 means that it manages nine changes of ten; and it
 * gains as much while it works off what was left after the last write. A count of changes that wait would say less: it
 * depends on the rate, and a relay that follows a log has no queue in which to count them.
 *
 * Theil and Sen's slope (Sen, JASA 1968): the median of the slopes of all pairs, so that a pause or a burst that takes
 * less than a quarter of the storm doesn't pass for a trend. Of each stretch the change with the largest lag
 * counts, whichever process applied it: one that falls behind among four that keep up is behind.
 *
 * @param windows of all processes of a trial's relays, in any order
 * @returns `null` when changes were applied in fewer than 8 stretches
 */
export function lagGrowth(windows: readonly LagWindow[]): number | null {
  const starts = windows.map(({ fromUs }) => fromUs);
  const [firstUs, lastUs] = [least(starts), -least(starts.map((us) => -us))];
  const stretchUs = WINDOW_US * Math.max(1, Math.ceil((lastUs - firstUs) / WINDOW_US / MOST_STRETCHES));
  const largest = new Map<number, number>();
  for (const { fromUs, maxLagUs } of windows) {
    const stretch = Math.floor((fromUs - firstUs) / stretchUs);
    largest.set(stretch, Math.max(largest.get(stretch) ?? Number.NEGATIVE_INFINITY, maxLagUs));
  }
  if (largest.size < LEAST_STRETCHES) return null;
  const points = [...largest];
  const slopes = points.flatMap(([at, lagUs], index) =>
    points.slice(index + 1).map(([otherAt, otherLagUs]) => (otherLagUs - lagUs) / (otherAt - at)),
  );
  return Math.max(0, (median(slopes) / stretchUs) * 1e3);
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}
