import { expect, test } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { type FreshnessFindings, freshnessOf } from './freshness.ts';
import type { TrialReading } from './trial.ts';

function gammaOf(...ms: readonly number[]): FreshnessFindings['gamma'] {
  using scores = new LatencyHistogram();
  for (const one of ms) scores.record(one * 1e3);
  return {
    clusters: 10,
    conflicting: ms.length,
    maxMs: Math.max(0, ...ms),
    scoreHistogram: scores.encode(),
  };
}

/** Of each round what was found; the rest of its reading doesn't matter. */
function roundsOf(...rounds: readonly (FreshnessFindings | null)[]) {
  return rounds.map((freshness) => ({ consistency: { freshness } as TrialReading['consistency'] }));
}

const CLEAN: FreshnessFindings = {
  visibility: [
    { fromMs: 0, toMs: 1, reads: 4, fresh: 4 },
    { fromMs: 1, toMs: 10, reads: 1_496, fresh: 1_496 },
  ],
  nines: [{ withinMs: 0, reads: 1_500, bad: 0, badShareAtMost: 0.002, nines: 2 }],
  gamma: gammaOf(),
};

test('rounds are added up, and support more than each of them', () => {
  const other: FreshnessFindings = {
    ...CLEAN,
    visibility: [
      { fromMs: 1, toMs: 10, reads: 4, fresh: 3 },
      { fromMs: 100, toMs: null, reads: 1_496, fresh: 1_496 },
    ],
    nines: [{ withinMs: 0, reads: 1_500, bad: 1, badShareAtMost: 0.0032, nines: 2 }],
  };
  expect(freshnessOf(roundsOf(CLEAN, CLEAN))?.within).toEqual([
    { withinMs: 0, reads: 3_000, bad: 0, badShareAtMost: 0.001, nines: 3 },
  ]);
  const found = freshnessOf(roundsOf(CLEAN, other));
  expect(found?.visibility).toEqual([
    { fromMs: 0, toMs: 1, reads: 4, fresh: 4 },
    { fromMs: 1, toMs: 10, reads: 1_500, fresh: 1_499 },
    { fromMs: 100, toMs: null, reads: 1_496, fresh: 1_496 },
  ]);
  expect(found?.within).toMatchObject([{ withinMs: 0, reads: 3_000, bad: 1, nines: 2 }]);
});

test('Gamma is the largest of any round, its scores those of all', () => {
  const found = freshnessOf(
    roundsOf({ ...CLEAN, gamma: gammaOf(1, 2, 3) }, { ...CLEAN, gamma: gammaOf(2, 90) }),
  );
  expect(found?.gamma).toMatchObject({ values: 20, conflicting: 5, maxMs: 90 });
  expect(found?.gamma.p50Ms).toBeCloseTo(2, 1);
  expect(found?.gamma.p99Ms).toBeCloseTo(90, 0);
  expect(freshnessOf(roundsOf(CLEAN))?.gamma).toMatchObject({ conflicting: 0, p50Ms: null, maxMs: 0 });
});

test('a round in which no read could have been stale supports nothing', () => {
  expect(freshnessOf(roundsOf(CLEAN, null))?.within[0]?.reads).toBe(1_500);
  expect(freshnessOf(roundsOf(null))).toBeUndefined();
  expect(freshnessOf([{ consistency: null }])).toBeUndefined();
});
