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
  /** From the trigger's end until goodput is at 95% and stays there; `null`: not before the storm's end. */
  readonly to95Ms: number | null;
  /** Requests offered since the trigger began that were not answered right and in time. */
  readonly lost: number;
  /** Smallest goodput of any half second since the trigger began, 0 to 1. */
  readonly worstGoodput: number;
  /** Goodput over the last tenth of the windows, or of what followed the trigger if that is less, 0 to 1. */
  readonly finalGoodput: number;
}

/**
 * How a load got over a trigger. A request belongs to the window of its intended time, so a slow answer counts
 * against the moment at which it was asked for.
 *
 * @param fromMs when the trigger began, since the storm's start
 * @param toMs when it ended
 * @returns `null` when nothing was offered since
 */
export function recoveryOf(windows: readonly LoadWindow[], fromMs: number, toMs: number): Recovery | null {
  const windowMs = (windows[1]?.tMs ?? 0) - (windows[0]?.tMs ?? 0);
  const since = windows.filter(({ tMs, offered }) => tMs + windowMs > fromMs && offered > 0);
  if (since.length === 0 || windowMs <= 0) return null;
  const spans = since.map((first, index) => {
    const span = since.slice(index, index + Math.max(1, Math.round(SPAN_MS / windowMs)));
    return { tMs: first.tMs, goodput: goodputOf(span) };
  });
  const finalCount = Math.max(1, Math.round(windows.length * FINAL_SHARE));
  const lastBad = spans.findLastIndex(({ goodput }) => goodput < RECOVERED);
  const recovered = spans[lastBad + 1];
  return {
    to95Ms: recovered === undefined ? null : Math.max(0, recovered.tMs - toMs),
    lost: sum(since.map((window) => window.offered - goodOf(window))),
    worstGoodput: Math.min(...spans.map(({ goodput }) => goodput)),
    finalGoodput: goodputOf(since.slice(-finalCount)),
  };
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
 * Recovery from the last trigger of the storm, in milliseconds from its end.
 *
 * The storm's end cuts the time to recover short: a service that is stuck then gets the time until then (0 if the
 * trigger outlasted the storm), which is less than it took, and `recovery.stuck` is 1. By that every limit knows such
 * a time (thresholds/censored.ts): it breaks an upper one whatever its number, and holds a lower one as far as seen.
 * Without a trigger there is nothing to recover from, and all are `null`: never a pass.
 */
export function recoveryValues(
  sample: TrialSample,
  scenario: Scenario,
): Record<RecoveryMetric, number | null> {
  const trigger = triggersOf(sample, scenario).at(-1);
  if (trigger === undefined) return NOTHING;
  const { startedAtUs, durationMs, windows } = sample.load;
  const fromMs = (trigger.fromUs - startedAtUs) / 1000;
  const toMs = (trigger.toUs - startedAtUs) / 1000;
  const recovery = recoveryOf(windows, fromMs, toMs);
  if (recovery === null) return NOTHING;
  const { to95Ms, lost, worstGoodput, finalGoodput } = recovery;
  return {
    'recovery.to95Ms': to95Ms ?? Math.max(0, durationMs - toMs),
    'recovery.lost': lost,
    'recovery.worstGoodput': worstGoodput,
    'recovery.finalGoodput': finalGoodput,
    'recovery.stuck': to95Ms === null ? 1 : 0,
  };
}

function goodputOf(windows: readonly LoadWindow[]): number {
  return sum(windows.map(goodOf)) / sum(windows.map(({ offered }) => offered));
}

/** Samples of earlier versions say only what was completed. */
function goodOf({ good, completed }: LoadWindow): number {
  return good ?? completed;
}
