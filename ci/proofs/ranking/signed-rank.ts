/**
 * Exact two-sided p-value of Wilcoxon's signed-rank test, which asks whether paired differences scatter around 0
 * (Wilcoxon, "Individual comparisons by ranking methods", 1945): all 2^n signs of the ranks are equally likely if they
 * do. Equal differences share their mean rank; zeros keep a rank, but no sign (Pratt, 1959). A proof that took this
 * from the harness would believe what it is to prove.
 */
export function signedRankP(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).toSorted((a, b) => a - b);
  const signed = differences
    .filter((difference) => difference !== 0)
    .map((difference) => {
      const first = sizes.indexOf(Math.abs(difference));
      // Twice the mean rank, which is whole.
      return { up: difference > 0, rank2: first + sizes.lastIndexOf(Math.abs(difference)) + 2 };
    });
  let chances = new Map([[0, 1]]);
  for (const { rank2 } of signed) {
    const next = new Map<number, number>();
    for (const [sum, chance] of chances) {
      for (const to of [sum, sum + rank2]) next.set(to, (next.get(to) ?? 0) + chance / 2);
    }
    chances = next;
  }
  const sumOf = (up: boolean) => signed.reduce((sum, each) => sum + (each.up === up ? each.rank2 : 0), 0);
  const smaller = Math.min(sumOf(true), sumOf(false));
  const tail = [...chances].reduce((sum, [rankSum, chance]) => sum + (rankSum <= smaller ? chance : 0), 0);
  return Math.min(1, 2 * tail);
}

/** Median of all pairwise means, each difference with itself included (Hodges and Lehmann, 1963). */
export function hodgesLehmann(differences: readonly number[]): number {
  const means = differences
    .flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2))
    .toSorted((a, b) => a - b);
  const middle = (means.length - 1) / 2;
  return ((means[Math.floor(middle)] ?? Number.NaN) + (means[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
