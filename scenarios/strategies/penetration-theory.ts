import { binomialQuantile } from './count-quantiles.ts';
import type { MissingTraffic } from './prediction.ts';
import type { Formula } from './theory.ts';

/** A limit that holds is broken by chance once in 20,000 runs, as those that the analysis sets (bound-noise.ts). */
const LEVEL = 1 - 1 / 20_000;

/** The largest number of hits that chance gives in `draws` of probability `p`, but for once in 20,000 times. */
export function binomialHigh(draws: number, p: number): number {
  return binomialQuantile(LEVEL, draws, p);
}

/**
 * Loads that a filter lets through. A key is wrongly let through always or never, so among keys that are asked
 * for again and again it is the keys that are drawn, not the requests.
 *
 * @param expected What the filter's own formula gives with the rows that it holds.
 */
export function filterErrors(
  { attack, distinctKeys }: MissingTraffic,
  errorRate: number,
  expected: number,
): Formula {
  // k is rounded up, which makes a full filter err a little more than it was asked to.
  const p = Math.max(errorRate, expected);
  if (attack === 'endless') return { value: expected, low: null, high: p, formula: '<= p' };
  const high = binomialHigh(Math.round(distinctKeys), p) / Math.max(1, distinctKeys);
  return { value: expected, low: null, high, formula: '<= p of the keys', tolerance: 'always' };
}

/**
 * Loads of keys that are remembered as absent for a while. In a process the loads of a key are a null time to
 * live apart at least, so s seconds have floor(s / time to live) + 1 of them at most.
 *
 * @param keys How many keys reach the database at all.
 */
export function rememberedAbsence(
  { attack, distinctKeys, requests, seconds }: MissingTraffic,
  { nullTtlMs, instances, keys = distinctKeys }: { nullTtlMs: number; instances: number; keys?: number },
): Formula {
  if (attack === 'endless') return { value: 1, low: 1, formula: '1' };
  const loads = keys * instances * (Math.floor((seconds * 1000) / nullTtlMs) + 1);
  return {
    value: null,
    low: null,
    high: Math.min(1, loads / Math.max(1, requests)),
    formula: '<= keys P (s / null TTL + 1) / requests',
    tolerance: 'always',
  };
}
