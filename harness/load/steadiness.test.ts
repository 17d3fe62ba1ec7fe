import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../time/random.ts';
import type { LoadInterval } from './protocol.ts';
import { isSteady } from './steadiness.ts';

const WINDOW_MS = 80;
const DURATION_MS = 3_000;

interface Answer {
  readonly atMs: number;
  readonly latencyMs: number;
}

/** Times of arrival, evenly spaced or independent of each other. */
function arrivalsMs(ratePerSec: number, poisson: Random | null): number[] {
  const times: number[] = [];
  for (let atMs = 0; atMs < DURATION_MS; ) {
    times.push(atMs);
    atMs += (1_000 / ratePerSec) * (poisson === null ? 1 : -Math.log(1 - poisson.next()));
  }
  return times;
}

/** What the generator would tell of these answers: windows that a late timer ends up to 3 ms late. */
function windowsOf(answers: readonly Answer[], random: Random): LoadInterval[] {
  const windows: LoadInterval[] = [];
  let fromMs = 0;
  for (let dueMs = WINDOW_MS; dueMs < DURATION_MS; dueMs += WINDOW_MS) {
    const toMs = dueMs + 3 * random.next();
    const latencies = answers
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b);
    const middle = latencies[Math.floor((latencies.length - 1) / 2)];
    const responseP50Us = middle === undefined ? null : middle * 1e3;
    windows.push({ tookMs: toMs - fromMs, completed: latencies.length, responseP50Us });
    fromMs = toMs;
  }
  return windows;
}

function answered(times: readonly number[], latencyMs: (atMs: number) => number): Answer[] {
  return times.map((atMs) => ({ atMs: atMs + latencyMs(atMs), latencyMs: latencyMs(atMs) }));
}

/** After how many windows a load is first called steady; `null` for never. */
function steadyAfter(windows: readonly LoadInterval[]): number | null {
  for (let count = 1; count <= windows.length; count++) if (isSteady(windows.slice(0, count))) return count;
  return null;
}

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const rate = fc.integer({ min: 500, max: 5_000 });

describe('isSteady', () => {
  it('takes a steady load for steady at the first chance, mostly, and in the end always', () => {
    const after: (number | null)[] = [];
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 5_000 }), fc.boolean(), seed, (ratePerSec, poisson, from) => {
        const random = seededRandom(from);
        const times = arrivalsMs(ratePerSec, poisson ? random : null);
        const count = steadyAfter(
          windowsOf(
            answered(times, (atMs) => 1 + 0.5 * Math.sin(atMs * 7)),
            random,
          ),
        );
        expect(count).not.toBeNull();
        after.push(count);
      }),
      { numRuns: 200 },
    );
    expect(after.filter((count) => count === 10).length / after.length).toBeGreaterThan(0.75);
  });

  it('takes a hot key that expires again and again for steady', () => {
    const expiring = fc.record({
      ratePerSec: rate,
      ttlMs: fc.integer({ min: 250, max: 2_000 }),
      loadMs: fc.integer({ min: 5, max: 100 }),
      phase: fc.double({ min: 0, max: 1, noNaN: true }),
      seed,
    });
    fc.assert(
      fc.property(expiring, ({ ratePerSec, ttlMs, loadMs, phase, seed }) => {
        const random = seededRandom(seed);
        // All that come during the load are answered together, at its end.
        const latencyMs = (atMs: number): number => {
          const inPeriod = (atMs + phase * (ttlMs + loadMs)) % (ttlMs + loadMs);
          return 1 + (inPeriod < ttlMs ? 0 : ttlMs + loadMs - inPeriod);
        };
        const windows = windowsOf(answered(arrivalsMs(ratePerSec, null), latencyMs), random);
        expect(steadyAfter(windows)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 200 },
    );
  });

  it('takes windows that stray without a trend, as on a busy machine, for steady', () => {
    const after: number[] = [];
    fc.assert(
      fc.property(seed, (from) => {
        const random = seededRandom(from);
        const windows = Array.from({ length: 37 }, () => ({
          tookMs: WINDOW_MS,
          completed: Math.round(400 * (0.5 + random.next())),
          responseP50Us: 2_000 * (0.4 + 1.2 * random.next()),
        }));
        after.push(steadyAfter(windows) ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 200 },
    );
    expect(after.filter((count) => count <= 13).length / after.length).toBeGreaterThan(0.75);
  });

  it('does not take code that is still being compiled for steady', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 100, max: 600 }), seed, (ratePerSec, tauMs, from) => {
        const random = seededRandom(from);
        const latencyMs = (atMs: number): number => 1 + 4 * Math.exp(-atMs / tauMs);
        const windows = windowsOf(answered(arrivalsMs(ratePerSec, random), latencyMs), random);
        const count = steadyAfter(windows);
        expect(count).not.toBeNull();
        expect(latencyMs((count as number) * WINDOW_MS)).toBeLessThan(1.4);
      }),
    );
  });

  it('does not take a growing queue for steady', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 1.2, max: 5, noNaN: true }), seed, (perSec, overload, from) => {
        const random = seededRandom(from);
        const answers = arrivalsMs(perSec * overload, null).map((arrivedMs, index) => {
          const atMs = Math.max(arrivedMs, (index * 1_000) / perSec) + 1;
          return { atMs, latencyMs: atMs - arrivedMs };
        });
        expect(steadyAfter(windowsOf(answers, random))).toBeNull();
      }),
    );
  });

  it('does not take a closed load that gets faster for steady', () => {
    const windows = Array.from({ length: 37 }, (_, index) => ({
      tookMs: WINDOW_MS,
      completed: 500 + 60 * index,
      responseP50Us: 200,
    }));
    expect(steadyAfter(windows.slice(0, 20))).toBeNull();
  });

  it('compares rates, not counts: a window that a late timer made long is no change', () => {
    const windows = Array.from({ length: 10 }, (_, index) => ({
      tookMs: index < 5 ? 80 : 120,
      completed: index < 5 ? 800 : 1_200,
      responseP50Us: 1_000,
    }));
    expect(isSteady(windows)).toBe(true);
  });

  it('takes a change below 0.3 ms for noise', () => {
    const changing = (fromUs: number, toUs: number) =>
      Array.from({ length: 10 }, (_, index) => ({
        tookMs: 80,
        completed: 800,
        responseP50Us: index < 5 ? fromUs : toUs,
      }));
    expect([isSteady(changing(500, 250)), isSteady(changing(800, 450))]).toEqual([true, false]);
  });

  it('looks at more windows of a slow load, and says nothing of hardly any requests', () => {
    const slow = (completed: number) =>
      Array.from({ length: 37 }, () => ({ tookMs: 80, completed, responseP50Us: 1_000 }));
    expect(steadyAfter(slow(4))).toBe(10);
    expect(steadyAfter(slow(2))).toBe(20);
    expect(steadyAfter(slow(1))).toBeNull();
    expect(steadyAfter(slow(0).map((window) => ({ ...window, responseP50Us: null })))).toBeNull();
    expect(isSteady([])).toBe(false);
  });

  it('gives an answer for any windows', () => {
    const window = fc.record({
      tookMs: fc.constantFrom(0, 1, 80, 5_000),
      completed: fc.nat({ max: 100 }),
      responseP50Us: fc.option(fc.nat({ max: 60_000_000 })),
    });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 40 }), (windows) => typeof isSteady(windows) === 'boolean'),
    );
  });
});
