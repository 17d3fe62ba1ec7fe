/** What so many reads can say of all: which share is fresh, or was not stale for long. */
export interface NinesFindings {
  /** Stale for no longer than this counts as good, ms; 0: not stale at all. */
  readonly withinMs: number;
  readonly reads: number;
  /** Stale for longer, at least. */
  readonly bad: number;
  /** The largest share of bad reads that this many bad ones of this many reads leave possible, with 95% confidence. */
  readonly badShareAtMost: number | null;
  /** Whole nines that are so supported: 3 for 99.9%. */
  readonly nines: number | null;
}

const LIMITS_MS = [0, 1, 10, 100, 1_000, 10_000];
/** The quantile of the normal distribution that leaves 5% above it. */
const Z = 1.6448536;

/** "N nines within T", with the honest bound: no bad one of n supports no more than a share of 3/n. */
export class Nines {
  readonly #bad = LIMITS_MS.map(() => 0);

  /** @param atLeastUs how old a stale read's value was at least */
  stale(atLeastUs: number): void {
    for (const [at, limitMs] of LIMITS_MS.entries()) {
      if (limitMs > 0 && atLeastUs <= limitMs * 1e3) return;
      this.#bad[at] = (this.#bad[at] ?? 0) + 1;
    }
  }

  result(reads: number): NinesFindings[] {
    return LIMITS_MS.map((withinMs, at) => ninesOf({ withinMs, reads, bad: this.#bad[at] ?? 0 }));
  }
}

/** What the counts support: of one trial, or of several added up. */
export function ninesOf(counted: Pick<NinesFindings, 'withinMs' | 'reads' | 'bad'>): NinesFindings {
  const { reads, bad } = counted;
  const badShareAtMost = reads === 0 ? null : Math.min(1, poissonUpperLimit(bad) / reads);
  const nines = badShareAtMost === null ? null : Math.floor(-Math.log10(badShareAtMost) + 1e-9);
  return { ...counted, badShareAtMost, nines };
}

/**
 * The largest mean with which so few are seen in 1 of 20 cases: the rule of three for none (Hanley and Lippman-Hand,
 * JAMA 1983), else by Wilson and Hilferty's approximation (1931), within 0.5%.
 */
export function poissonUpperLimit(count: number): number {
  if (count === 0) return 3;
  const next = count + 1;
  return next * (1 - 1 / (9 * next) + Z / (3 * Math.sqrt(next))) ** 3;
}
