import { deriveSeed, type Random, seededRandom } from '../time/random.ts';
import { zipfRanks } from './zipf.ts';

/**
 * Which keys a storm asks for. Plain data: it travels in plans and over IPC.
 *
 * `count` is the number of distinct keys, `item-0` to `item-<count - 1>` for those that exist.
 */
export type KeyPopularity = HotKey | UniformKeys | ZipfKeys | ScannedKeys | MissingKeys;

/** Every request asks for one key. */
export interface HotKey {
  readonly kind: 'hot';
  /** @default 0 */
  readonly key?: number;
}

/** Every key is as likely as any other. */
export interface UniformKeys {
  readonly kind: 'uniform';
  readonly count: number;
}

/** The k-th most popular key has a share proportional to k^-exponent; which key that is, the seed decides. */
export interface ZipfKeys {
  readonly kind: 'zipf';
  readonly count: number;
  /** Any number above 0; caches in production lie between about 0.6 and 2. */
  readonly exponent: number;
  /**
   * After so many draws other keys are the popular ones, all at once, and again after as many.
   *
   * @default never
   */
  readonly shiftEvery?: number;
}

/** One key after the other, from `item-0` on, again and again: the worst case of an LRU cache. */
export interface ScannedKeys {
  readonly kind: 'scan';
  readonly count: number;
}

/** Keys that exist nowhere, neither in the cache nor in the database. */
export interface MissingKeys {
  readonly kind: 'missing';
  /** A set of so many keys, drawn uniformly; `null` for a key never asked for before in every request. */
  readonly count: number | null;
}

export interface KeyDraw {
  readonly key: string;
  /** Whether the database has the key, which makes 200 the expected status; 404 otherwise. */
  readonly exists: boolean;
}

export type KeySource = () => KeyDraw;

/** The name of the n-th key that exists. */
export function itemKey(n: number): string {
  return `item-${n}`;
}

/** The name of the n-th key of a set that exists nowhere. */
function missingKey(n: number): string {
  return `missing-${n}`;
}

/** The name of a key that exists nowhere and is asked for once. Another family: a service may count its loads. */
function endlessKey(n: number): string {
  return `endless-${n}`;
}

/**
 * An endless sequence of keys; the same popularity and seed give the same sequence.
 *
 * @param rankSeed Decides which keys are the popular ones: sources that share it share those. @default `seed`
 * @throws RangeError when a count, key or exponent is out of range
 */
export function keySource(popularity: KeyPopularity, seed: number, rankSeed: number = seed): KeySource {
  const random = seededRandom(deriveSeed(seed, 'keys'));
  switch (popularity.kind) {
    case 'hot': {
      const draw: KeyDraw = { key: itemKey(natural('hot key', popularity.key ?? 0, 0)), exists: true };
      return () => draw;
    }
    case 'uniform': {
      const count = natural('uniform count', popularity.count, 1);
      return () => ({ key: itemKey(random.int(count)), exists: true });
    }
    case 'zipf': {
      const nextRank = zipfRanks(popularity.count, popularity.exponent, random);
      const keysByRank = shiftingRanks(popularity, rankSeed);
      return () => ({ key: itemKey(keysByRank()[nextRank() - 1] as number), exists: true });
    }
    case 'scan': {
      const count = natural('scan count', popularity.count, 1);
      let next = 0;
      return () => {
        const draw = { key: itemKey(next), exists: true };
        next = next + 1 === count ? 0 : next + 1;
        return draw;
      };
    }
    case 'missing':
      return missingKeys(popularity.count, random, seed);
  }
}

/**
 * The key of each popularity rank, rank 1 first: a seeded bijection of [0, count), 4 bytes a key.
 *
 * Without it the hottest keys would be neighbours, in the dataset and in every hash of their number.
 */
export function rankPermutation(count: number, seed: number): Uint32Array {
  natural('key count', count, 1);
  const random = seededRandom(deriveSeed(seed, 'rank-to-key'));
  const keys = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const pick = random.int(last + 1);
    const held = keys[last] as number;
    keys[last] = keys[pick] as number;
    keys[pick] = held;
  }
  return keys;
}

/** The key of each rank, for one draw after the other. */
function shiftingRanks({ count, shiftEvery }: ZipfKeys, seed: number): () => Uint32Array {
  let keyOfRank = rankPermutation(count, seed);
  if (shiftEvery === undefined) return () => keyOfRank;
  natural('zipf shiftEvery', shiftEvery, 1);
  let draws = 0;
  return () => {
    if (draws > 0 && draws % shiftEvery === 0) {
      keyOfRank = rankPermutation(count, deriveSeed(seed, 'shift', draws / shiftEvery));
    }
    draws++;
    return keyOfRank;
  };
}

/** Streams of two seeds share no key for their first two million draws. */
const ENDLESS_STREAM_SPACING = 2 ** 21;

function missingKeys(count: number | null, random: Random, seed: number): KeySource {
  if (count !== null) {
    natural('missing count', count, 1);
    return () => ({ key: missingKey(random.int(count)), exists: false });
  }
  // Two phases of one trial must not repeat each other's keys: a null cache would know them already.
  let next = deriveSeed(seed, 'missing') * ENDLESS_STREAM_SPACING;
  return () => ({ key: endlessKey(next++), exists: false });
}

function natural(what: string, value: number, atLeast: number): number {
  if (Number.isSafeInteger(value) && value >= atLeast) return value;
  throw new RangeError(`${what} must be a whole number >= ${atLeast}, got ${String(value)}`);
}
