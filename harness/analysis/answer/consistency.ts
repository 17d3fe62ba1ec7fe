import { agreeing } from '../../result/agreement.ts';
import type { StrategyResult } from '../../result/schema.ts';
import { BEST, joined, medianOf, percent, rankOf, threeDigits, time, withoutProtection } from './phrases.ts';

const STALE = 'staleness.readRate';
const DIVERGENT = 'consistency.divergentKeys';
const LOST = 'consistency.lostUpdates';

/** What readers saw, what stayed wrong and what was lost; `null` where no history was kept. */
export function consistencyAnswer(
  baseline: StrategyResult,
  others: readonly StrategyResult[],
): string | null {
  if (medianOf(baseline, DIVERGENT) === null) return null;
  const parts = [
    `${withoutProtection(baseline)} ${staleReads(baseline)}, and ${wrongRows(baseline)}`,
    withoutFault(others),
    mostOf(
      others,
      DIVERGENT,
      (about, count) =>
        `left ${about}${rows(count)} wrong until ${agreeing(count, 'it expires', 'they expire')}`,
    ),
    mostOf(
      others,
      LOST,
      (about, count) => `lost ${about}${threeDigits(count)} acknowledged ${agreeing(count, 'write')}`,
    ),
  ];
  return `${parts.filter((part) => part !== null).join('; ')}.`;
}

function staleReads(strategy: StrategyResult): string {
  const share = medianOf(strategy, STALE);
  if (share === null) return 'it is not known what was stale';
  if (share === 0) return 'no read was stale';
  return `${percent(share)} of the reads were stale, by up to ${time(medianOf(strategy, 'staleness.maxMs') ?? 0)}`;
}

function wrongRows(strategy: StrategyResult): string {
  const most = strategy.metrics[DIVERGENT]?.high ?? 0;
  return most === 0
    ? 'no row was wrong in the end'
    : `${upTo(strategy, DIVERGENT)}${rows(most)} ${agreeing(most, 'was', 'were')} wrong in the end`;
}

/** Those of whom no read was stale, no row wrong and no write lost; the quickest to write first. */
function withoutFault(others: readonly StrategyResult[]): string | null {
  const clean = others
    .filter((strategy) => [STALE, DIVERGENT, LOST].every((metric) => strategy.metrics[metric]?.high === 0))
    .toSorted((a, b) => rankOf(a, 'writes.latency.response.p50') - rankOf(b, 'writes.latency.response.p50'));
  if (clean.length === 0) return null;
  const named = clean.slice(0, BEST).map(({ name }) => name);
  const more = clean.length - named.length;
  return `nothing was stale, wrong or lost with ${joined(more === 0 ? named : [...named, `${more} more`])}`;
}

/** Who did most of something bad in a round, of how many who did it in any. */
function mostOf(
  others: readonly StrategyResult[],
  metric: string,
  told: (about: string, count: number) => string,
): string | null {
  const most = ({ metrics }: StrategyResult) => metrics[metric]?.high ?? 0;
  const guilty = others.filter((strategy) => most(strategy) > 0).toSorted((a, b) => most(b) - most(a));
  const [worst] = guilty;
  if (worst === undefined) return null;
  const did = `${worst.name} ${told(upTo(worst, metric), most(worst))}`;
  return guilty.length === 1 ? did : `${did}, the most of ${guilty.length} who did`;
}

/** Before the largest of several rounds that differ. */
function upTo({ metrics }: StrategyResult, metric: string): string {
  const found = metrics[metric];
  return found === undefined || found.low === found.high ? '' : 'up to ';
}

function rows(count: number): string {
  return `${threeDigits(count)} ${agreeing(count, 'row')}`;
}
