/** How far counts may lie from what theory expects by chance, over all rounds together. */

import {
  binomialQuantile,
  geometricSumQuantile,
  poissonQuantile,
} from '../../scenarios/strategies/count-quantiles.ts';
import type { Prediction } from '../../scenarios/strategies/prediction.ts';
import { sum } from './statistics/summary.ts';

/**
 * How often chance breaks a bound that holds. Of the built-in scenarios' bounds under 100 are subject to chance, each
 * in its sum and in its scatter: all of them together raise a false alarm in less than one run in a hundred.
 */
export const FALSE_ALARM = 5e-5;

/** One round of what a prediction speaks of. */
export interface CountedRound {
  /** Expiries, or requests: what the count is divided by. */
  readonly of: number;
  /** Loads. */
  readonly count: number;
  /** Smallest and largest mean that theory gives for one of them; `null`: no limit. */
  readonly low: number | null;
  readonly high: number | null;
  /**
   * Requests that the longest stall of generator and services together held up, where arrivals are evenly spaced.
   * `null`: they come independently of each other, or nobody measured it.
   */
  readonly heldUp: number | null;
}

export interface Allowed {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The counts that theory allows for the sum of these rounds, chance included. Exact for counts that are independent.
 *
 * Evenly spaced arrivals are not drawn at all: an interval holds as many as fit into it, or one more or less for
 * where it begins. Only stalls change that: what is held up comes together, within the interval or outside of it.
 * Those of several expiries have nothing to do with each other, so their squares add up.
 */
export function allowedCount(
  kind: Prediction['tolerance'],
  rounds: readonly CountedRound[],
  falseAlarm: number = FALSE_ALARM,
): Allowed {
  const of = sum(rounds.map((round) => round.of));
  const expected = (end: 'low' | 'high'): number | null => {
    const means = rounds.map((round) => (round[end] === null ? null : round.of * round[end]));
    return means.includes(null) ? null : sum(means.map((mean) => mean ?? 0));
  };
  const [low, high] = [expected('low'), expected('high')];
  const between = (quantile: (level: number, expected: number) => number, edge = 0): Allowed => ({
    low: low === null ? null : Math.max(0, quantile(falseAlarm / 2, low) - edge),
    high: high === null ? null : quantile(1 - falseAlarm / 2, high) + edge,
  });
  switch (kind) {
    case 'poisson': {
      const heldUp = rounds.map((round) => round.heldUp);
      if (heldUp.includes(null)) return between(poissonQuantile);
      const slack = of + Math.sqrt(sum(rounds.map((round) => round.of * (round.heldUp ?? 0) ** 2)));
      return between((level, mean) => (level < 0.5 ? mean - slack : mean + slack));
    }
    case 'geometric':
      return between((level, mean) => geometricSumQuantile(level, of, of > 0 ? mean / of : 0));
    case 'binomial':
      // One request more or less at either end of the storm.
      return between((level, mean) => binomialQuantile(level, of, of > 0 ? mean / of : 0), 1);
    case 'edge':
      return between((_, mean) => mean, rounds.length);
    case 'none':
    case 'always':
      return between((_, mean) => mean);
  }
}

/**
 * Finds the round that lies furthest from what all of them together make likely; `null` when none does: their scatter
 * is chance's.
 */
export function scatteredRound(
  kind: Prediction['tolerance'],
  rounds: readonly CountedRound[],
  falseAlarm: number = FALSE_ALARM,
): number | null {
  const shape = ({ of, low, high }: CountedRound) => of * (high ?? low ?? 1);
  const ratio = sum(rounds.map(({ count }) => count)) / sum(rounds.map(shape));
  if (!Number.isFinite(ratio)) return null;
  let furthest: { readonly index: number; readonly by: number } | null = null;
  for (const [index, round] of rounds.entries()) {
    const mean = (shape(round) * ratio) / round.of;
    const likely = allowedCount(kind, [{ ...round, low: mean, high: mean }], falseAlarm / rounds.length);
    const by = outside(round.count, likely);
    if (by > 0 && by > (furthest?.by ?? 0)) furthest = { index, by };
  }
  return furthest?.index ?? null;
}

/** By how much a value lies outside; 0 inside. */
export function outside(value: number, { low, high }: Allowed): number {
  return Math.max(0, low === null ? 0 : low - value, high === null ? 0 : value - high);
}
