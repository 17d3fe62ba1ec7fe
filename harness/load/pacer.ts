import type { Random } from '../time/random.ts';

/** The next intended send time in microseconds since the storm's start, in order; `Infinity` after the last. */
export type NextArrival = () => number;

/** Arrivals at a steady mean rate: evenly spaced, or independent of each other (a Poisson process). */
export type ArrivalKind = 'constant' | 'poisson';

/**
 * The schedule of an open load. Pure: it knows no clock, so a slow sender finds its requests due, not dropped.
 *
 * @param ratePerSec mean rate; `constant` gives the i-th arrival at i / rate, the first at 0
 * @param durationMs all arrivals lie in [0, durationMs)
 * @param random drawn from by `poisson` only
 * @throws RangeError when the rate or the duration is not a finite number above 0
 */
export function arrivals(
  kind: ArrivalKind,
  ratePerSec: number,
  durationMs: number,
  random: Random,
): NextArrival {
  positive('ratePerSec', ratePerSec);
  positive('durationMs', durationMs);
  const endUs = durationMs * 1e3;
  return kind === 'constant' ? constant(ratePerSec, endUs) : poisson(ratePerSec, endUs, random);
}

function constant(ratePerSec: number, endUs: number): NextArrival {
  let index = 0;
  return () => {
    // Multiplied, not summed up: a million rounding errors would add up to a drift.
    const atUs = (index * 1e6) / ratePerSec;
    if (atUs >= endUs) return Number.POSITIVE_INFINITY;
    index++;
    return atUs;
  };
}

function poisson(ratePerSec: number, endUs: number, random: Random): NextArrival {
  const meanGapUs = 1e6 / ratePerSec;
  let atUs = 0;
  return () => {
    // 1 - u lies in (0, 1]: the logarithm of 0 never comes up.
    atUs -= Math.log(1 - random.next()) * meanGapUs;
    return atUs < endUs ? atUs : Number.POSITIVE_INFINITY;
  };
}

function positive(what: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${what} must be > 0, got ${value}`);
}
