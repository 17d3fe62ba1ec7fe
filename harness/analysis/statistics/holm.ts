/**
 * P-values adjusted for their number, in the given order (Holm, "A simple sequentially rejective multiple
 * test procedure", 1979): the chance of even one false claim among all stays below the level. Ten contenders
 * that are all the same would else give a "winner" in four of ten runs.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = largest;
  }
  return adjusted;
}
