/** Returns the word that agrees with `count`. @param many @default `one` with an s */
export function agreeing(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
