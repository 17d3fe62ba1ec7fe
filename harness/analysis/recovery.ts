import type { LoadWindow } from '../load/protocol.ts';
import type { TrialSample } from '../record/sample.ts';
import type { MetricName } from '../result/metrics.ts';
import type { Scenario } from '../scenario/schema.ts';
import { sum } from './statistics/summary.ts';
import { triggersOf } from './triggers.ts';

/** Goodput from which on a service counts as recovered. */
const RECOVERED = 0.95;
/** Goodput is taken over so much: long enough for a share of requests to mean something. */
const SPAN_MS = 500;
/** The end of a storm, as a share of it: where a service that recovers late differs from one that never does. */
const FINAL_SHARE = 0.1;

export interface Recovery {
  /**
   * From the trigger's end to the start of the recovery. Without `recovered`, to the earliest start that the storm's
   * end leaves possible: the true time is at least that.
   */
  readonly to95Ms: number;
  /** Whether the recovery was seen: a whole half second of it, and nothing worse until the storm's end. */
  readonly recovered: boolean;
  /** Requests offered since the trigger began that were not answered right and in time. */
  readonly lost: number;
  /** Smallest goodput of any whole half second since the trigger began, 0 to 1. */
  readonly worstGoodput: number;
  /** Goodput over the last tenth of the windows, or of what followed the trigger if that is less, 0 to 1. */
  readonly finalGoodput: number;
}

/** The part of a storm that recovery is about. Milliseconds since the storm's start. */
export interface Aftermath {
  /** When the trigger began. */
  readonly fromMs: number;
  /** When it ended. */
  readonly toMs: number;
  /** When the storm ended. */
  readonly endMs: number;
}

/** The half second from a window's start on, as far as the storm lasted. */
interface Span {
  readonly tMs: number;
  /** Whether the storm lasted until its end. */
  readonly whole: boolean;
  readonly goodput: number;
  /** Its goodput if the part that the storm's end cut off was offered as much, and all of it was answered well. */
  readonly atBest: number;
}

/**
 * Finds how a load got over a trigger. A request belongs to the window of its intended time, so a slow answer counts
 * against the moment at which it was asked for.
 *
 * Half a second starts with every window since the trigger began; one in which nothing was offered says nothing. The
 * service is back at the first of them that is at 95% and is followed by none below 95%.
 *
 *     windows   ok ok xx xx xx xx ok ok ok ok ok ok ok|      x: not answered, |: the storm's end
 *                                 [-------------]     |      seen whole: recovered, from its start on
 *     windows   ok ok xx xx xx xx xx xx xx xx xx ok ok|      the last two are no half second: it may have
 *                                                [----|---]  been back since then, and nobody saw it
 *
 * @returns `null` when no whole half second with requests was seen since the trigger began
 */
export function recoveryOf(windows: readonly LoadWindow[], aftermath: Aftermath): Recovery | null {
  const { fromMs, toMs, endMs } = aftermath;
  const windowMs = (windows[1]?.tMs ?? 0) - (windows[0]?.tMs ?? 0);
  if (windowMs <= 0) return null;
  const since = windows.filter(({ tMs }) => tMs + windowMs > fromMs);
  const spans = spansOf(since, { windowMs, endMs });
  const seen = spans.filter(({ whole }) => whole);
  if (seen.length === 0) return null;
  const lastBad = spans.findLastIndex(({ atBest }) => atBest < RECOVERED);
  const back = spans[lastBad + 1];
  const finalCount = Math.max(1, Math.round(windows.length * FINAL_SHARE));
  const final = since.filter(({ offered }) => offered > 0).slice(-finalCount);
  return {
    to95Ms: Math.max(0, (back?.tMs ?? endMs) - toMs),
    recovered: back?.whole ?? false,
    lost: sum(since.map((window) => window.offered - goodOf(window))),
    worstGoodput: Math.min(...seen.map(({ goodput }) => goodput)),
    finalGoodput: goodputOf(final),
  };
}

function spansOf(
  windows: readonly LoadWindow[],
  { windowMs, endMs }: { readonly windowMs: number; readonly endMs: number },
): Span[] {
  const count = Math.max(1, Math.round(SPAN_MS / windowMs));
  return windows.flatMap(({ tMs }, index) => {
    const inside = windows.slice(index, index + count);
    if (inside.every(({ offered }) => offered === 0)) return [];
    const goodput = goodputOf(inside);
    const seenShare = Math.min(1, Math.max(0, endMs - tMs) / SPAN_MS);
    return [{ tMs, whole: seenShare === 1, goodput, atBest: 1 - seenShare * (1 - goodput) }];
  });
}

type RecoveryMetric = Extract<MetricName, `recovery.${string}`>;

const NOTHING: Record<RecoveryMetric, null> = {
  'recovery.to95Ms': null,
  'recovery.lost': null,
  'recovery.worstGoodput': null,
  'recovery.finalGoodput': null,
  'recovery.stuck': null,
};

/**
 * Returns the recovery from the last trigger of the storm, in milliseconds from its end.
 *
 * The storm's end cuts the time to recover short: a service whose recovery nobody saw gets the least that it can have
 * taken (0 if the trigger outlasted the storm), and `recovery.stuck` is 1. By that every limit knows such a time
 * (thresholds/censored.ts): it breaks an upper one whatever its number, and holds a lower one as far as seen. Without
 * a trigger, or with one less than half a second before the end, nothing is known, and all are `null`: never a pass.
 */
export function recoveryValues(
  sample: TrialSample,
  scenario: Scenario,
): Record<RecoveryMetric, number | null> {
  const trigger = triggersOf(sample, scenario).at(-1);
  if (trigger === undefined) return NOTHING;
  const { startedAtUs, durationMs, windows } = sample.load;
  const recovery = recoveryOf(windows, {
    fromMs: (trigger.fromUs - startedAtUs) / 1000,
    toMs: (trigger.toUs - startedAtUs) / 1000,
    endMs: durationMs,
  });
  if (recovery === null) return NOTHING;
  return {
    'recovery.to95Ms': recovery.to95Ms,
    'recovery.lost': recovery.lost,
    'recovery.worstGoodput': recovery.worstGoodput,
    'recovery.finalGoodput': recovery.finalGoodput,
    'recovery.stuck': recovery.recovered ? 0 : 1,
  };
}

function goodputOf(windows: readonly LoadWindow[]): number {
  return sum(windows.map(goodOf)) / sum(windows.map(({ offered }) => offered));
}

/** Samples of earlier versions say only what was completed. */
function goodOf({ good, completed }: LoadWindow): number {
  return good ?? completed;
}
