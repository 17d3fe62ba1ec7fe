import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../time/random.ts';
import { type ArrivalKind, arrivals, type NextArrival, phasedArrivals } from './pacer.ts';
import { meanRatePerSec, type Phase, totalMs } from './phases.ts';

function all(kind: ArrivalKind, ratePerSec: number, durationMs: number, seed = 1): number[] {
  return drain(arrivals(kind, ratePerSec, durationMs, seededRandom(seed)));
}

function drain(next: NextArrival): number[] {
  const times: number[] = [];
  for (let atUs = next(); atUs !== Number.POSITIVE_INFINITY; atUs = next()) times.push(atUs);
  expect(next(), 'stays at its end').toBe(Number.POSITIVE_INFINITY);
  return times;
}

/** Holds the times of a process of rate 1 to exponential gaps (Kolmogorov-Smirnov). */
function expectUnitRate(times: readonly number[]): void {
  const count = times.length;
  const gaps = times.map((at, index) => at - (times[index - 1] ?? 0)).sort((a, b) => a - b);
  let distance = 0;
  gaps.forEach((gap, index) => {
    const probability = 1 - Math.exp(-gap);
    distance = Math.max(distance, probability - index / count, (index + 1) / count - probability);
  });
  // A true exponential exceeds this in 1 of 1,000 sets.
  expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
}

const rates = fc.double({ min: 0.5, max: 20_000, noNaN: true });
const durations = fc.integer({ min: 1, max: 500 });

describe('arrivals', () => {
  it('come in order within [0, duration)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ArrivalKind>('constant', 'poisson'),
        rates,
        durations,
        fc.integer(),
        (kind, rate, durationMs, seed) => {
          const times = all(kind, rate, durationMs, seed);
          times.forEach((atUs, index) => {
            expect(atUs).toBeGreaterThanOrEqual(index === 0 ? 0 : (times[index - 1] as number));
            expect(atUs).toBeLessThan(durationMs * 1e3);
          });
        },
      ),
    );
  });

  it('are rate x duration many at a constant rate', () => {
    fc.assert(
      fc.property(rates, durations, (rate, durationMs) => {
        const exact = (rate * durationMs) / 1e3;
        expect(Math.abs(all('constant', rate, durationMs).length - exact)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('do not drift: the millionth at 3/s stands where it should', () => {
    const next = arrivals('constant', 3, 1e9, seededRandom(1));
    let atUs = Number.NaN;
    for (let index = 0; index <= 999_999; index++) atUs = next();
    expect(atUs).toBe((999_999 * 1e6) / 3);
  });

  it.each([1, 2, 3, 4, 5])('have exponential gaps when Poisson (Kolmogorov-Smirnov, seed %d)', (seed) => {
    const rate = 2_000;
    const times = all('poisson', rate, 10_000, seed);
    // The number of arrivals has a standard deviation of its own square root.
    expect(Math.abs(times.length - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    expectUnitRate(times.map((atUs) => (atUs * rate) / 1e6));
  });

  it('repeat for the same seed and differ for another', () => {
    expect(all('poisson', 1_000, 100, 1)).toEqual(all('poisson', 1_000, 100, 1));
    expect(all('poisson', 1_000, 100, 1)).not.toEqual(all('poisson', 1_000, 100, 2));
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse a rate or a duration of %d', (value) => {
    expect(() => arrivals('constant', value, 1, seededRandom(1))).toThrow('ratePerSec');
    expect(() => arrivals('constant', 1, value, seededRandom(1))).toThrow('durationMs');
  });
});

/** The integral of a phase's rate over its first `ms`, from its shape alone. */
function requestsWithin(phase: Phase, ms: number): number {
  const { durationMs } = phase;
  switch (phase.shape) {
    case 'steady':
      return (phase.ratePerSec * ms) / 1e3;
    case 'ramp': {
      const { fromPerSec, toPerSec } = phase;
      return (fromPerSec * ms + ((toPerSec - fromPerSec) * ms * ms) / (2 * durationMs)) / 1e3;
    }
    case 'spike': {
      const { basePerSec, peakPerSec, peakFromMs = durationMs / 3, peakMs = durationMs / 3 } = phase;
      const inPeakMs = Math.min(Math.max(0, ms - peakFromMs), peakMs);
      return (basePerSec * (ms - inPeakMs) + peakPerSec * inPeakMs) / 1e3;
    }
    case 'steps': {
      const stepMs = durationMs / phase.ratesPerSec.length;
      const within = (rate: number, index: number) =>
        rate * Math.min(stepMs, Math.max(0, ms - index * stepMs));
      return phase.ratesPerSec.map(within).reduce((sum, requests) => sum + requests, 0) / 1e3;
    }
  }
}

function requestsUntil(phases: readonly Phase[], ms: number): number {
  let fromMs = 0;
  let requests = 0;
  for (const phase of phases) {
    requests += requestsWithin(phase, Math.min(phase.durationMs, Math.max(0, ms - fromMs)));
    fromMs += phase.durationMs;
  }
  return requests;
}

const phaseRates = fc.oneof(fc.constant(0), fc.double({ min: 0.5, max: 5_000, noNaN: true }));
const phase: fc.Arbitrary<Phase> = durations.chain((durationMs) =>
  fc.oneof(
    fc.record({
      shape: fc.constant('steady' as const),
      durationMs: fc.constant(durationMs),
      ratePerSec: phaseRates,
    }),
    fc.record({
      shape: fc.constant('ramp' as const),
      durationMs: fc.constant(durationMs),
      fromPerSec: phaseRates,
      toPerSec: phaseRates,
    }),
    fc
      .record({
        basePerSec: phaseRates,
        peakPerSec: phaseRates,
        from: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ from, ...rest }) => ({
        shape: 'spike' as const,
        durationMs,
        ...rest,
        peakFromMs: from * durationMs,
        peakMs: ((1 - from) * durationMs) / 2,
      })),
    fc.record({
      shape: fc.constant('spike' as const),
      durationMs: fc.constant(durationMs),
      basePerSec: phaseRates,
      peakPerSec: phaseRates,
    }),
    fc.record({
      shape: fc.constant('steps' as const),
      durationMs: fc.constant(durationMs),
      ratesPerSec: fc.array(phaseRates, { minLength: 1, maxLength: 5 }),
    }),
  ),
);
const severalPhases = fc.array(phase, { minLength: 1, maxLength: 4 });

const phased = (kind: ArrivalKind, phases: readonly Phase[], seed = 1) =>
  drain(phasedArrivals(kind, phases, seededRandom(seed)));

describe('phasedArrivals', () => {
  it('come in order within the phases', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ArrivalKind>('constant', 'poisson'),
        severalPhases,
        fc.integer(),
        (kind, phases, seed) => {
          let beforeUs = 0;
          for (const atUs of phased(kind, phases, seed)) {
            expect(atUs).toBeGreaterThanOrEqual(beforeUs);
            beforeUs = atUs;
          }
          expect(beforeUs).toBeLessThan(totalMs(phases) * 1e3);
        },
      ),
    );
  });

  it('stand, when constant, where the integral of the rate is their number, to its very end', () => {
    fc.assert(
      fc.property(severalPhases, (phases) => {
        const times = phased('constant', phases);
        const whole = requestsUntil(phases, totalMs(phases));
        expect(Math.abs(times.length - whole)).toBeLessThanOrEqual(1);
        times.forEach((atUs, index) => {
          expect(Math.abs(requestsUntil(phases, atUs / 1e3) - index)).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it('stand, when Poisson, where the integral of the rate is the time of a process of rate 1', () => {
    fc.assert(
      fc.property(severalPhases, fc.integer(), (phases, seed) => {
        const random = seededRandom(seed);
        let requests = 0;
        for (const atUs of phased('poisson', phases, seed)) {
          requests -= Math.log(1 - random.next());
          expect(Math.abs(requestsUntil(phases, atUs / 1e3) - requests)).toBeLessThan(1e-6);
        }
        expect(requests - Math.log(1 - random.next())).toBeGreaterThan(
          requestsUntil(phases, totalMs(phases)) - 1e-6,
        );
      }),
    );
  });

  it('have the mean rate that is told', () => {
    fc.assert(
      fc.property(severalPhases, (phases) => {
        const whole = requestsUntil(phases, totalMs(phases));
        expect((meanRatePerSec(phases) * totalMs(phases)) / 1e3).toBeCloseTo(whole, 6);
      }),
    );
  });

  it('equal those of the simple form when there is one steady phase', () => {
    fc.assert(
      fc.property(rates, durations, fc.integer(), (ratePerSec, durationMs, seed) => {
        const endUs = durationMs * 1e3;
        const constant: number[] = [];
        for (let index = 0; (index * 1e6) / ratePerSec < endUs; index++)
          constant.push((index * 1e6) / ratePerSec);
        const random = seededRandom(seed);
        const poisson: number[] = [];
        const nextUs = (atUs: number) => atUs - Math.log(1 - random.next()) * (1e6 / ratePerSec);
        for (let atUs = nextUs(0); atUs < endUs; atUs = nextUs(atUs)) poisson.push(atUs);
        for (const times of [
          phased('constant', [{ shape: 'steady', durationMs, ratePerSec }]),
          all('constant', ratePerSec, durationMs),
        ])
          expect(times).toEqual(constant);
        for (const times of [
          phased('poisson', [{ shape: 'steady', durationMs, ratePerSec }], seed),
          all('poisson', ratePerSec, durationMs, seed),
        ])
          expect(times).toEqual(poisson);
      }),
    );
  });

  it('wait out a pause, and begin again with its end', () => {
    const times = phased('constant', [
      { shape: 'steady', durationMs: 20, ratePerSec: 100 },
      { shape: 'steady', durationMs: 1_000, ratePerSec: 0 },
      { shape: 'steps', durationMs: 40, ratesPerSec: [50, 100] },
    ]);
    expect(times).toEqual([0, 10_000, 1_020_000, 1_040_000, 1_050_000]);
  });

  it.each([1, 2, 3, 4, 5])('have exponential gaps in rescaled time when Poisson (seed %d)', (seed) => {
    const phases: Phase[] = [
      { shape: 'ramp', durationMs: 4_000, fromPerSec: 0, toPerSec: 2_000 },
      { shape: 'spike', durationMs: 6_000, basePerSec: 200, peakPerSec: 4_000 },
      { shape: 'steady', durationMs: 500, ratePerSec: 0 },
      { shape: 'steps', durationMs: 3_000, ratesPerSec: [1_000, 500, 2_000] },
      { shape: 'ramp', durationMs: 2_000, fromPerSec: 2_000, toPerSec: 0 },
    ];
    const times = phased('poisson', phases, seed);
    const expected = requestsUntil(phases, totalMs(phases));
    expect(Math.abs(times.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
    expectUnitRate(times.map((atUs) => requestsUntil(phases, atUs / 1e3)));
  });
});
