/** What theory says of ways to write. Nothing where no history of the operations was kept. */
import type { Prediction, TheoryInput } from './prediction.ts';

/**
 * Entries never go back to an older version, so no row stays wrong, and no client sees a row go back.
 *
 * @param formula why, in the words of the docs
 * @param evenWithFaults Whether a crash between the commit and the cache is made up for, too. @default false
 */
export function entriesNeverGoBack(
  { writes }: TheoryInput,
  formula: string,
  evenWithFaults = false,
): readonly Prediction[] {
  if (writes === undefined || (writes.faults && !evenWithFaults)) return [];
  const none = { value: 0, low: null, high: 0, formula, tolerance: 'always' } as const;
  return [
    { metric: 'consistency.divergentKeys', ...none },
    { metric: 'consistency.monotonicViolations', ...none },
  ];
}

/** Every write that was acknowledged comes to be in the database, whatever happens. */
export function nothingIsLost({ writes }: TheoryInput, formula = '0: commit first'): readonly Prediction[] {
  return writes === undefined ? [] : [lost(0, formula)];
}

/** Standard deviations of a Poisson count, so that chance breaks the limit once in 20,000 runs. */
const FEW = 4;

/**
 * What is flushed every so often is lost until it is: the writes of two intervals, one that goes by and one that is
 * being flushed, where something breaks; and nothing else.
 */
export function theUnflushedIsLost({ writes }: TheoryInput, flushMs: number): readonly Prediction[] {
  if (writes === undefined) return [];
  if (!writes.faults) return [lost(0, '0: all flushed')];
  const most = (writes.ratePerSec * 2 * flushMs) / 1000;
  return [lost(most + FEW * Math.sqrt(most), '<= 2 flush intervals')];
}

function lost(most: number, formula: string): Prediction {
  return {
    metric: 'consistency.lostUpdates',
    value: most === 0 ? 0 : null,
    low: null,
    high: most,
    formula,
    tolerance: 'always',
  };
}
