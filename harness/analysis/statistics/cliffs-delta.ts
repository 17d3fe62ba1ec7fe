/**
 * How completely two groups are apart, -1 to 1: the chance that a value of `group` is larger than one of
 * `against`, minus the chance that it is smaller (Cliff, "Dominance statistics", 1993). 0: they overlap
 * wholly; -1: every value of `group` is below every one of `against`, by however little. `NaN` for an empty
 * group.
 */
export function cliffsDelta(group: readonly number[], against: readonly number[]): number {
  const sorted = against.toSorted((a, b) => a - b);
  let dominance = 0;
  for (const value of group) {
    const smaller = firstIndex(sorted, (other) => other >= value);
    const notLarger = firstIndex(sorted, (other) => other > value);
    dominance += smaller - (sorted.length - notLarger);
  }
  return dominance / (group.length * against.length);
}

/** Of the first value that satisfies a condition which all later ones satisfy too; the length if none does. */
function firstIndex(sorted: readonly number[], satisfies: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (satisfies(sorted[middle] ?? Number.NaN)) to = middle;
    else from = middle + 1;
  }
  return from;
}
