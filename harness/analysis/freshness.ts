/** How soon writes are seen, over all rounds of a strategy. */
import { LatencyHistogram } from '../record/histogram.ts';
import type { Freshness } from '../result/schema.ts';
import type { GammaFindings } from './consistency/gamma.ts';
import { type NinesFindings, ninesOf } from './consistency/nines.ts';
import type { VisibilityStep } from './consistency/visibility.ts';
import { sum } from './statistics/summary.ts';
import type { TrialReading } from './trial.ts';

/** As the checker found it in one trial. */
export interface FreshnessFindings {
  readonly visibility: readonly VisibilityStep[];
  readonly nines: readonly NinesFindings[];
  readonly gamma: GammaFindings;
}

/**
 * Reads are added up, since rare ones need many: a round alone supports a nine less. `undefined` where no read of any
 * round could have been stale.
 */
export function freshnessOf(readings: readonly Pick<TrialReading, 'consistency'>[]): Freshness | undefined {
  const rounds = readings.flatMap(({ consistency }) => consistency?.freshness ?? []);
  if (rounds.length === 0) return undefined;
  return {
    visibility: together(rounds.map(({ visibility }) => visibility)),
    within: within(rounds.map(({ nines }) => nines)),
    gamma: gammaOf(rounds.map(({ gamma }) => gamma)),
  };
}

function together(rounds: readonly (readonly VisibilityStep[])[]): VisibilityStep[] {
  const steps = Map.groupBy(rounds.flat(), ({ fromMs }) => fromMs);
  return [...steps]
    .map(([fromMs, counted]) => ({
      fromMs,
      toMs: counted[0]?.toMs ?? null,
      reads: sum(counted.map(({ reads }) => reads)),
      fresh: sum(counted.map(({ fresh }) => fresh)),
    }))
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

function within(rounds: readonly (readonly NinesFindings[])[]): NinesFindings[] {
  const limits = Map.groupBy(rounds.flat(), ({ withinMs }) => withinMs);
  return [...limits].map(([withinMs, counted]) =>
    ninesOf({
      withinMs,
      reads: sum(counted.map(({ reads }) => reads)),
      bad: sum(counted.map(({ bad }) => bad)),
    }),
  );
}

function gammaOf(rounds: readonly GammaFindings[]): Freshness['gamma'] {
  using scores = new LatencyHistogram();
  for (const { scoreHistogram } of rounds) {
    using one = LatencyHistogram.decode(scoreHistogram);
    scores.merge(one);
  }
  const largestMs = Math.max(...rounds.map(({ maxMs }) => maxMs));
  const atMs = (percentile: number) => {
    const us = scores.percentile(percentile);
    // A histogram's buckets have a width, which may reach beyond.
    return us === null ? null : Math.min(largestMs, us / 1e3);
  };
  return {
    values: sum(rounds.map(({ clusters }) => clusters)),
    conflicting: sum(rounds.map(({ conflicting }) => conflicting)),
    p50Ms: atMs(50),
    p99Ms: atMs(99),
    maxMs: largestMs,
  };
}
