import type { StrategyResult } from '../../result/schema.ts';
import { BEST, joined, medianOf, ms, rankOf, withoutProtection } from './phrases.ts';

const SLOWEST = 'latency.response.max';
const GAP = 'cache.refillMs.max';

/** How long readers of a hot key waited when a process of the service was killed; `null` when none was. */
export function stallAnswer(
  baseline: StrategyResult,
  others: readonly StrategyResult[],
  trigger: string | null,
): string | null {
  if (trigger?.replace(/-\d+$/, '') !== 'kill' || medianOf(baseline, GAP) === null) return null;
  const opening = `${withoutProtection(baseline)} the slowest answer took ${ms(medianOf(baseline, SLOWEST))} when a process was killed, and the hot key had no fresh entry for ${ms(medianOf(baseline, GAP))} at most`;
  const ranked = others.toSorted(
    (a, b) => rankOf(a, SLOWEST) - rankOf(b, SLOWEST) || rankOf(a, GAP) - rankOf(b, GAP),
  );
  const best = ranked.slice(0, BEST).map((one) => `${one.name} ${both(one)}`);
  const last = ranked.slice(BEST).at(-1);
  const parts = [
    opening,
    ...(best.length > 0 ? [`with ${joined(best)}`] : []),
    ...(last === undefined ? [] : [`at the other end, ${last.name} ${both(last)}`]),
  ];
  return `${parts.join('; ')}.`;
}

/** `65.5 ms (1,570 ms)`: what readers noticed, and in brackets how long the entry was not fresh. */
function both(strategy: StrategyResult): string {
  return `${ms(medianOf(strategy, SLOWEST))} (${ms(medianOf(strategy, GAP))})`;
}
