import type { LoadInterval } from './protocol.ts';

/** So many windows in a row are compared with as many before them; more, when few requests are completed. */
const SPAN = 5;
/** Of fewer completed requests nothing can be said. */
const MIN_COMPLETED = 20;
/** A Poisson count strays by more than three standard deviations once in 370 times. */
const SIGMAS = 3;
/** The standard error of a median is larger than a mean's by so much (normal distribution). */
const MEDIAN_ERROR = 1.2533;
const RATE_TOLERANCE = 0.1;
const LATENCY_TOLERANCE = 0.15;
/** Below it a change is the machine's own noise. */
const LATENCY_FLOOR_US = 300;
/**
 * How far two medians of five may be apart by chance, in median deviations of a single window: three standard
 * deviations are 3.5 of them. Five windows of a straight trend are 5 apart, and are found all the same.
 */
const STRAY = 3;

/**
 * Whether a load has come to rest: the last windows don't differ from those before them in throughput or in
 * median response time by more than tolerance and chance allow.
 *
 * Medians over windows are compared, not sums: where a hot key expires again and again, answers are late
 * together and come together, and up to two windows of five may be empty or full without a change of the
 * whole. A trend (code being compiled, a queue that grows) moves all windows. On a busy machine each strays,
 * which is no trend either: chance is taken from how far the windows of one half lie apart.
 */
export function isSteady(windows: readonly LoadInterval[]): boolean {
  for (let span = SPAN; span * 2 <= windows.length; span++) {
    const earlier = windows.slice(-2 * span, -span);
    const later = windows.slice(-span);
    const fewest = Math.min(completedIn(earlier), completedIn(later));
    if (fewest >= MIN_COMPLETED) return sameRate(earlier, later) && sameLatency(earlier, later, fewest);
  }
  return false;
}

function sameRate(earlier: readonly LoadInterval[], later: readonly LoadInterval[]): boolean {
  const all = [...earlier, ...later];
  const meanMs = all.reduce((sum, { tookMs }) => sum + tookMs, 0) / all.length;
  const mean = completedIn(all) / all.length;
  const perWindow = (windows: readonly LoadInterval[]): number[] =>
    windows.map(({ completed, tookMs }) => (completed * meanMs) / tookMs);
  const chance = SIGMAS * MEDIAN_ERROR * Math.sqrt((2 * mean) / earlier.length);
  return alike(perWindow(earlier), perWindow(later), Math.max(RATE_TOLERANCE * mean, chance));
}

function sameLatency(
  earlier: readonly LoadInterval[],
  later: readonly LoadInterval[],
  completed: number,
): boolean {
  const ofWindows = (windows: readonly LoadInterval[]): number[] =>
    windows.flatMap(({ responseP50Us }) => (responseP50Us === null ? [] : [responseP50Us]));
  const before = ofWindows(earlier);
  const after = ofWindows(later);
  const tolerance = Math.max(LATENCY_TOLERANCE, 2 / Math.sqrt(completed));
  const toleratedUs = tolerance * Math.min(median(before), median(after));
  return alike(before, after, Math.max(LATENCY_FLOOR_US, toleratedUs));
}

function alike(before: readonly number[], after: readonly number[], tolerated: number): boolean {
  const deviations = [before, after].flatMap((values) => {
    const middle = median(values);
    return values.map((value) => Math.abs(value - middle));
  });
  const apart = Math.abs(median(after) - median(before));
  return apart <= Math.max(tolerated, STRAY * median(deviations));
}

function completedIn(windows: readonly LoadInterval[]): number {
  return windows.reduce((sum, { completed }) => sum + completed, 0);
}

function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  const middle = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(middle)] ?? 0) + (ascending[Math.ceil(middle)] ?? 0)) / 2;
}
