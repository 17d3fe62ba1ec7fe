import { agreeing } from '../../result/agreement.ts';
import type { StrategyResult } from '../../result/schema.ts';
import { BEST, joined, medianOf, threeDigits } from './phrases.ts';

const HITS = 'cache.hitRate';

/** How many reads a cache of limited memory served, and how far that is from the best; `null` where that is not known. */
export function evictionAnswer(baseline: StrategyResult, others: readonly StrategyResult[]): string | null {
  const best = medianOf(baseline, 'cache.optimalHitRate');
  const entries = medianOf(baseline, 'cache.entries');
  if (best === null || entries === null) return null;
  const opening = `With ${baseline.name} ${rate(medianOf(baseline, HITS))} of lookups hit${refused(baseline)}, where the best possible cache of ${threeDigits(entries)} ${agreeing(entries, 'entry', 'entries')} has ${rate(best)}`;
  const ranked = others
    .filter((strategy) => medianOf(strategy, HITS) !== null)
    .toSorted((a, b) => (medianOf(b, HITS) ?? 0) - (medianOf(a, HITS) ?? 0));
  const named = ranked.slice(0, BEST).map((strategy) => `${strategy.name} ${hits(strategy)}`);
  const last = ranked.slice(BEST).at(-1);
  return `${[
    opening,
    ...(named.length === 0 ? [] : [`with ${joined(named)}`]),
    ...(last === undefined ? [] : [`at the other end, ${last.name} had ${hits(last)}`]),
  ].join('; ')}.`;
}

/** `69.6% (89.2% of the best)`: of the best for as many entries as it held itself. */
function hits(strategy: StrategyResult): string {
  return `${rate(medianOf(strategy, HITS))} (${rate(medianOf(strategy, 'cache.optimumShare'))} of the best)${refused(strategy)}`;
}

function refused(strategy: StrategyResult): string {
  const writes = medianOf(strategy, 'cache.refusedWrites') ?? 0;
  return writes > 0 ? ` and Redis refused ${threeDigits(writes)} ${agreeing(writes, 'write')}` : '';
}

/** Three digits: policies lie a percent apart. */
function rate(share: number | null): string {
  return share === null ? 'an unknown share' : `${Number((share * 100).toPrecision(3))}%`;
}
