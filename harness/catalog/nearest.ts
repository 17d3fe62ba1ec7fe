import { closestMatch } from 'leven';

/** ` Did you mean "x"?` for a mistyped name, or an empty string when nothing is near. */
export function didYouMean(got: string, known: readonly string[]): string {
  const match = closestMatch(got, [...known], { maxDistance: Math.max(2, Math.ceil(got.length / 2)) });
  return match === undefined ? '' : ` Did you mean "${match}"?`;
}
