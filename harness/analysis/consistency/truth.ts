/** What became of one row in the database, in the order of its commits, as the database's own log tells it. */
export interface KeyTruth {
  /** The write of each place in that order. Place 0 is the row as it was before the storm: `SEEDED`. */
  readonly writeIds: ArrayLike<number>;
  /** The row's version at each place; 0 where there was none. */
  readonly versions: ArrayLike<number>;
  /** Places at which there was no row: 0 of one that the storm inserted, and deletions. @default none */
  readonly absentAt?: readonly number[];
}

/** How a check ended. Where nothing was observed that could have failed, it is `inconclusive`, never a pass. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** @param observed how many things could have been found bad */
export function verdictOf(bad: number, observed: number): Verdict {
  if (bad > 0) return 'fail';
  return observed > 0 ? 'pass' : 'inconclusive';
}
