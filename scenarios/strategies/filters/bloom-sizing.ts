/** How large a Bloom filter is: m bits, of which k are set for a key. */
export interface BloomSize {
  readonly bits: number;
  readonly hashes: number;
}

/**
 * m = -n ln p / (ln 2)^2 and k = (m / n) ln 2, rounded up as libraries do.
 *
 * Source: Bloom, CACM 13(7), 1970; Broder and Mitzenmacher, Internet Mathematics 1(4), 2004
 */
export function bloomSize(capacity: number, errorRate: number): BloomSize {
  const keys = Math.max(1, capacity);
  const bits = Math.ceil((-keys * Math.log(errorRate)) / Math.LN2 ** 2);
  return { bits, hashes: Math.max(1, Math.ceil((bits / keys) * Math.LN2)) };
}

/** (1 - e^(-kn/m))^k: how often a filter that holds `keys` keys takes another for one of them. */
export function bloomErrorRate({ bits, hashes }: BloomSize, keys: number): number {
  return (1 - Math.exp((-hashes * keys) / bits)) ** hashes;
}
