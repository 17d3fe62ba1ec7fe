import type { Parameter } from '../strategy.ts';

/** A set of keys that errs on one side only: what it does not have was never added. */
export interface KeyFilter {
  /** `false` when it is full and the key is not in it. */
  add(key: string): boolean;
  has(key: string): boolean;
  /** Memory of the set itself, in bits. */
  readonly sizeBits: number;
}

/** @param seed Which keys it errs on depends on it. */
export type MakeFilter = (capacity: number, errorRate: number, seed: number) => KeyFilter;

export const filterParameters = {
  errorRate: {
    unit: 'fraction',
    default: 0.01,
    min: 0.0001,
    max: 0.5,
    description: 'The share of absent keys that may be let through to the database.',
  },
  headroom: {
    unit: 'fraction',
    default: 0.2,
    min: 0,
    max: 10,
    description:
      'Room for rows inserted after the filter was built, as a share of the rows. A fuller filter errs more.',
  },
  rebuildMs: {
    unit: 'ms',
    default: 60_000,
    min: 10,
    max: 86_400_000,
    description:
      'How often the filter is built anew from the database: as long at most is a row denied that others inserted.',
  },
} as const satisfies Record<string, Parameter>;

export type FilterParameter = keyof typeof filterParameters;

/** How many keys a filter is built for. */
export function capacityFor(keys: number, headroom: number): number {
  return Math.ceil(Math.max(1, keys) * (1 + headroom));
}
