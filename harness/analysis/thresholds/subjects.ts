import type { Threshold } from './threshold.ts';

/** Who runs, by name. */
export interface Field {
  readonly strategies: readonly string[];
  readonly baseline: string;
  /** The baseline run again, which is among the strategies too. */
  readonly again?: string | undefined;
}

/**
 * The strategies that a threshold is about. Without a name it is every one but the baseline, which is there
 * to be worse, and so is the baseline again; a baseline that runs without others is held to it, and naming
 * either always works. None is compared with itself.
 */
export function subjectsOf(threshold: Threshold, { strategies, baseline, again }: Field): string[] {
  const against = againstOf(threshold, baseline);
  if (against !== null && !strategies.includes(against)) return [];
  const named =
    threshold.strategy === null
      ? unnamed(
          strategies.filter((name) => name !== again),
          baseline,
        )
      : strategies.filter((name) => name === threshold.strategy);
  return named.filter((name) => name !== against);
}

function unnamed(strategies: readonly string[], baseline: string): string[] {
  return strategies.filter((name) => name !== baseline || strategies.length === 1);
}

export function againstOf({ against }: Threshold, baseline: string): string | null {
  return against === 'baseline' ? baseline : against;
}
