import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of randomness: the same seed gives the same sequence on every machine. */
export interface Random {
  /** A float in [0, 1), multiples of 2^-53. */
  next(): number;
  /** A whole number in [0, n). */
  int(n: number): number;
}

/** xoroshiro128+ (Blackman and Vigna, 2018), seeded with the low 32 bits of `seed`. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  return {
    next: () => uniformFloat64(generator),
    int: (n) => uniformInt(generator, 0, n - 1),
  };
}

/**
 * A 32-bit seed for one named use of a run's seed (FNV-1a over the label).
 *
 * Drawing all streams from one generator would make a new consumer shift everyone else's draws;
 * a stream per label keeps the arrivals of a trial the same whatever else a later version draws.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ (seed | 0);
  for (const character of labels.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A copy of `items` in a seeded random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const pick = random.int(last + 1);
    const held = result[last] as T;
    result[last] = result[pick] as T;
    result[pick] = held;
  }
  return result;
}
