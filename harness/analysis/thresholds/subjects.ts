import type { Threshold } from './threshold.ts';

/**
 * The strategies that a threshold is about. Without a name it is every one but the baseline, which is there
 * to be worse; a baseline that runs alone is held to it, and naming it always works. None is compared with
 * itself.
 */
export function subjectsOf(threshold: Threshold, strategies: readonly string[], baseline: string): string[] {
  const against = againstOf(threshold, baseline);
  if (against !== null && !strategies.includes(against)) return [];
  const named =
    threshold.strategy === null
      ? strategies.filter((name) => name !== baseline || strategies.length === 1)
      : strategies.filter((name) => name === threshold.strategy);
  return named.filter((name) => name !== against);
}

export function againstOf({ against }: Threshold, baseline: string): string | null {
  return against === 'baseline' ? baseline : against;
}
