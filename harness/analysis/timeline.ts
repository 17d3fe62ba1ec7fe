import type { LoadWindow } from '../load/protocol.ts';
import type { TruthReading } from '../probes/ground-truth.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { SpectrumPoint, Timeline } from '../result/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { counterAt } from './counters.ts';
import type { TrialReading } from './trial.ts';
import { triggersOf } from './triggers.ts';

/** The trial over time, on the load's windows. */
export function timelineOf({ sample, expiries, consistency }: TrialReading, scenario: Scenario): Timeline {
  const { load, before, readings, after, trial } = sample;
  const counters = [before, ...readings, after];
  const windowMs =
    load.windows.length > 1 ? (load.windows[1]?.tMs ?? 0) - (load.windows[0]?.tMs ?? 0) : load.durationMs;
  const points = load.windows.map((window, index) => {
    using histogram = LatencyHistogram.decode(window.responseHistogram);
    const p50Us = histogram.percentile(50);
    const p99Us = histogram.percentile(99);
    const fromUs = load.startedAtUs + window.tMs * 1000;
    const toUs = fromUs + windowMs * 1000;
    const grown = (pick: (reading: TruthReading) => number) =>
      counterAt(counters, pick, toUs) - counterAt(counters, pick, fromUs);
    const hits = grown((reading) => reading.redisHits);
    const lookups = hits + grown((reading) => reading.redisMisses);
    return {
      tMs: window.tMs,
      offered: window.offered,
      p50Ms: p50Us === null ? null : p50Us / 1000,
      p99Ms: p99Us === null ? null : p99Us / 1000,
      dbReadsPerSec: grown((reading) => reading.dbReads) / (windowMs / 1000),
      hitRatio: lookups > 0 ? hits / lookups : null,
      ...goodputOf(window),
      memoryBytes: counterAt(counters, (reading) => reading.redisMemoryBytes, toUs),
      ...(consistency === null ? {} : { staleReads: consistency.staleReads[index] ?? null }),
    };
  });
  const expiriesMs = (expiries ?? []).map(({ fromUs }) => (fromUs - load.startedAtUs) / 1000);
  const triggers = triggersOf(sample, scenario).map(({ name, fromUs, toUs }) => ({
    name,
    fromMs: (fromUs - load.startedAtUs) / 1000,
    toMs: (toUs - load.startedAtUs) / 1000,
  }));
  return { round: trial.round, windowMs, points, expiriesMs, triggers };
}

/** Samples of earlier versions do not say what was good. */
function goodputOf({ good, offered }: LoadWindow): { goodput?: number | null } {
  if (good === undefined) return {};
  return { goodput: offered > 0 ? good / offered : null };
}

/** Ten points a decade of 1 / (1 - p), as far as the number of requests carries. */
export function spectrumOf(trials: readonly TrialReading[]): SpectrumPoint[] {
  using all = new LatencyHistogram();
  for (const { sample } of trials) {
    using one = LatencyHistogram.decode(sample.load.histograms.response);
    all.merge(one);
  }
  const points: SpectrumPoint[] = [];
  for (let step = 0; 10 ** (step / 10) <= all.count; step++) {
    const oneIn = 10 ** (step / 10);
    const percentile = 100 * (1 - 1 / oneIn);
    const us = all.percentile(percentile);
    if (us !== null) points.push({ percentile, oneIn, ms: us / 1000 });
  }
  return points;
}
