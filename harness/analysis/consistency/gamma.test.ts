import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyOf, op, READ, truthOf, WRITE } from './fixtures/histories.ts';
import { type Clusters, Gamma, scores } from './gamma.ts';
import { judgeKey } from './judged-key.ts';

/** As it is defined: over all pairs. */
function scoresByPairs({ firstFinishUs: l, lastStartUs: r }: Clusters): number[] {
  const at = (values: Float64Array, index: number): number => values[index] as number;
  const isForward = (index: number): boolean => at(l, index) < at(r, index);
  return Array.from(l, (_, i) =>
    Array.from(l, (_, j) =>
      i === j || !(isForward(i) || isForward(j))
        ? Number.NEGATIVE_INFINITY
        : Math.min(at(r, i) - at(l, j), at(r, j) - at(l, i)),
    ).reduce((best, score) => Math.max(best, score), 0),
  );
}

test('gives each cluster its largest score over all pairs', () => {
  const moment = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.oneof(moment, fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
          moment,
        ),
        { maxLength: 12, size: 'max' },
      ),
      (zones) => {
        // One at most was there before all others.
        const before = zones.findIndex(([l]) => l === Number.NEGATIVE_INFINITY);
        const kept = zones.filter(([l], index) => l !== Number.NEGATIVE_INFINITY || index === before);
        const clusters = {
          firstFinishUs: Float64Array.from(kept, ([l]) => l),
          lastStartUs: Float64Array.from(kept, ([, r]) => r),
        };
        const positive = (all: Iterable<number>): number[] =>
          [...all].filter((score) => score > 0).sort((a, b) => a - b);
        expect(positive(scores(clusters))).toEqual(positive(scoresByPairs(clusters)));
      },
    ),
    { numRuns: 500 },
  );
});

test('is the time by which a stale read came too late', () => {
  using gamma = new Gamma();
  const operations = [op(WRITE, 1, 0, 10), op(READ, 1, 20, 30), op(READ, 0, 950, 960)];
  // Value 1 was there from 10 to 20, and the row as it was before until 950.
  expect(gamma.add(judgeKey(historyOf(operations), truthOf(1), () => null))).toBe(940);
  expect(gamma.result()).toMatchObject({ clusters: 2, conflicting: 2, maxMs: 0.94 });
});
