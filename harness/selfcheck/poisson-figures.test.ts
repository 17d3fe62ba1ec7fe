import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../time/random.ts';
import { poissonFigures } from './poisson-figures.ts';

const LOAD = { ratePerSec: 200, durationMs: 5_000 };
const RUNS = 300;

/** Arrivals with gaps drawn one after the other; their mean is 1 at the load's rate. */
function arrivals(nextGap: () => number): number[] {
  const found: number[] = [];
  for (let atMs = 0; ; found.push(atMs)) {
    atMs += (nextGap() * 1e3) / LOAD.ratePerSec;
    if (atMs >= LOAD.durationMs) return found;
  }
}

/** As a timer of 1 ms sends them. */
function ticked(arrivalsMs: readonly number[]): number[] {
  return arrivalsMs.map((atMs) => Math.ceil(atMs));
}

/** How many of the runs each figure is off in, and how many are off in any. */
function off(nextGapOf: (random: Random) => () => number) {
  const random = seededRandom(1);
  const counts = { arrivals: 0, dispersion: 0, distance: 0, any: 0 };
  for (let run = 0; run < RUNS; run++) {
    const figures = poissonFigures(ticked(arrivals(nextGapOf(random))), LOAD);
    const wrong = figures.filter(
      ({ truth, reading, tolerance }) => !(Math.abs(reading - truth) <= tolerance),
    );
    for (const { name } of wrong) counts[name as keyof typeof counts]++;
    if (wrong.length > 0) counts.any++;
  }
  return counts;
}

const exponential = (random: Random) => -Math.log(1 - random.next());

describe('poissonFigures', () => {
  it('finds nothing in a Poisson process, but in 1 of 100 runs a figure', () => {
    const { any } = off((random) => () => exponential(random));
    expect(any).toBeGreaterThan(0);
    expect(any).toBeLessThanOrEqual(RUNS * 0.04);
  });

  it.each([0.7, 0.8, 1.2])('finds a rate that is %s of what was asked for', (share) => {
    const { arrivals: found } = off((random) => () => exponential(random) / share);
    expect(found).toBeGreaterThan(RUNS * 0.99);
  });

  it('finds arrivals that keep away from each other, at the right rate (Erlang-2)', () => {
    const { dispersion } = off((random) => () => (exponential(random) + exponential(random)) / 2);
    expect(dispersion).toBe(RUNS);
  });

  it('finds arrivals that come in pairs, at the right rate', () => {
    const { dispersion } = off((random) => {
      let second = false;
      return () => {
        second = !second;
        return second ? 2 * exponential(random) : 0;
      };
    });
    expect(dispersion).toBe(RUNS);
  });

  it('finds even gaps', () => {
    expect(off(() => () => 1)).toMatchObject({ dispersion: RUNS, distance: RUNS });
  });

  it('says that there is nothing to say without arrivals', () => {
    const [count, dispersion, distance] = poissonFigures([], LOAD);
    expect([count?.reading, dispersion?.reading, distance?.reading]).toEqual([0, Number.NaN, Number.NaN]);
  });
});
