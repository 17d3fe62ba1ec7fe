/** What theory says of ways to write. Nothing where no history of the operations was kept. */
import type { Prediction, TheoryInput } from './strategy.ts';

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

/** Every write that was acknowledged is in the database: it was there before its client was told. */
export function nothingIsLost({ writes }: TheoryInput): readonly Prediction[] {
  if (writes === undefined) return [];
  return [
    {
      metric: 'consistency.lostUpdates',
      value: 0,
      low: null,
      high: 0,
      formula: '0: committed before it is acknowledged',
      tolerance: 'always',
    },
  ];
}
