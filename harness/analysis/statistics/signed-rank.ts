/**
 * Wilcoxon signed-rank test of paired differences against "they scatter around 0", two-sided and exact for
 * every number of rounds (Wilcoxon, "Individual comparisons by ranking methods", 1945).
 *
 * Had the strategies been swapped in any round, that difference would have the other sign: under the null
 * hypothesis all 2^n signs are equally likely. The rank sums of all of them are counted by convolution, with
 * tied ranks as they are. Zeros keep their rank but no sign (Pratt, 1959).
 *
 * The smallest p that n rounds can give is `2^(1-n)`: 0.25 for 3, 0.063 for 5, 0.031 for 6.
 */
export function signedRankPValue(differences: readonly number[]): number {
  const ranks = midRanks(differences.map(Math.abs));
  const signed = ranks.filter((_, index) => differences[index] !== 0);
  const positive = ranks.reduce((sum, rank, index) => sum + ((differences[index] ?? 0) > 0 ? rank : 0), 0);
  const total = signed.reduce((sum, rank) => sum + rank, 0);
  return Math.min(1, 2 * nullDistribution(signed)(Math.min(positive, total - positive)));
}

/** Cumulative distribution of the sum of those ranks whose fair coin shows heads. Ranks are multiples of 1/2. */
export function nullDistribution(ranks: readonly number[]): (rankSum: number) => number {
  let chances = [1];
  for (const rank of ranks) {
    const step = Math.round(rank * 2);
    const next = new Array<number>(chances.length + step).fill(0);
    for (const [halves, chance] of chances.entries()) {
      next[halves] = (next[halves] ?? 0) + chance / 2;
      next[halves + step] = (next[halves + step] ?? 0) + chance / 2;
    }
    chances = next;
  }
  let total = 0;
  const cumulative = chances.map((chance) => {
    total += chance;
    return total;
  });
  return (rankSum) => (rankSum < 0 ? 0 : (cumulative[Math.floor(rankSum * 2)] ?? 1));
}

/** 1 for the smallest; the mean of their ranks for equal ones. */
function midRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const smaller = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return smaller + (equal + 1) / 2;
  });
}
