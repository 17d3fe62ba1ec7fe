import type { Random } from '../time/random.ts';
import { type Phase, rateAt, requestsBetween, type Stretch, stretchesOf } from './phases.ts';

/** The next intended send time in microseconds since the storm's start, in order; `Infinity` after the last. */
export type NextArrival = () => number;

/** Arrivals at a steady mean rate: evenly spaced, or independent of each other (a Poisson process). */
export type ArrivalKind = 'constant' | 'poisson';

/**
 * The schedule of an open load at one rate. Pure: it knows no clock, so a slow sender finds its requests due,
 * not dropped.
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
  return phasedArrivals(kind, [{ shape: 'steady', durationMs, ratePerSec }], random);
}

/**
 * The schedule of an open load whose rate r(t) changes. With R(t), the integral of r from the start to t:
 *
 * - `constant` gives the i-th arrival where R(t) = i, the first with i = 0: exact, and without a drift;
 * - `poisson` gives a process of rate r(t): the arrivals of one with rate 1, each moved to the t at which R(t)
 *   is its time (E. Çinlar, "Introduction to Stochastic Processes", 1975, chapter 4.7; L. Devroye,
 *   "Non-Uniform Random Variate Generation", 1986, chapter VI.1.3).
 *
 * @param phases as `phasesSchema` takes them; all arrivals lie within them
 * @param random drawn from by `poisson` only
 */
export function phasedArrivals(kind: ArrivalKind, phases: readonly Phase[], random: Random): NextArrival {
  const stretches = stretchesOf(phases);
  return kind === 'constant' ? constant(stretches) : poisson(stretches, random);
}

function constant(stretches: readonly Stretch[]): NextArrival {
  let index = 0;
  let current = 0;
  return () => {
    for (let stretch = stretches[current]; stretch !== undefined; stretch = stretches[++current]) {
      // From the stretch's start, not from the arrival before: a million rounding errors would add up.
      const requests = Math.max(0, index - stretch.requestsBefore);
      const { fromUs, toUs, fromPerSec, toPerSec } = stretch;
      // A rate of 0 gives Infinity or NaN, neither of which lies before the end.
      const afterUs =
        fromPerSec === toPerSec ? (requests * 1e6) / fromPerSec : untilUs(stretch, fromUs, requests);
      if (fromUs + afterUs < toUs) {
        index++;
        return fromUs + afterUs;
      }
    }
    return Number.POSITIVE_INFINITY;
  };
}

function poisson(stretches: readonly Stretch[], random: Random): NextArrival {
  let current = 0;
  let atUs = 0;
  return () => {
    // 1 - u lies in (0, 1]: the logarithm of 0 never comes up.
    let requests = -Math.log(1 - random.next());
    for (let stretch = stretches[current]; stretch !== undefined; stretch = stretches[++current]) {
      const { toUs, fromPerSec, toPerSec } = stretch;
      const gapUs =
        fromPerSec === toPerSec ? requests * (1e6 / fromPerSec) : untilUs(stretch, atUs, requests);
      if (atUs + gapUs < toUs) {
        atUs += gapUs;
        return atUs;
      }
      requests = Math.max(0, requests - requestsBetween(stretch, atUs, toUs));
      atUs = toUs;
    }
    return Number.POSITIVE_INFINITY;
  };
}

/** How long after `fromUs` the integral of a ramp's rate comes to so many requests; `Infinity` for never. */
function untilUs(stretch: Stretch, fromUs: number, requests: number): number {
  if (requests === 0) return 0;
  const rate = rateAt(stretch, fromUs);
  const { toPerSec, fromPerSec } = stretch;
  const slope = ((toPerSec - fromPerSec) * 1e6) / (stretch.toUs - stretch.fromUs);
  // requests = rate t + slope t^2 / 2, solved in the form that does not subtract two nearly equal numbers.
  const discriminant = rate * rate + 2 * slope * requests;
  return discriminant < 0 ? Number.POSITIVE_INFINITY : (2e6 * requests) / (rate + Math.sqrt(discriminant));
}

function positive(what: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${what} must be > 0, got ${value}`);
}
