import type { StrategyResult } from '../../result/schema.ts';
import { BEST, medianOf, ms, percent, rankOf, threeDigits, time, withoutProtection } from './phrases.ts';

const STALE = 'staleness.readRate';

/** What reached the database, how long a cached answer took and what was stale; `null` where nothing was written. */
export function stalenessAnswer(baseline: StrategyResult, others: readonly StrategyResult[]): string | null {
  if (medianOf(baseline, STALE) === null) return null;
  const best = others
    .toSorted((a, b) => toPercent(a) - toPercent(b) || rankOf(a, 'db.reads') - rankOf(b, 'db.reads'))
    .slice(0, BEST)
    .map((strategy) => {
      return `with ${strategy.name} ${reads(strategy)} times, ${cached(strategy)} and ${stale(strategy, '')}`;
    });
  const opening = `${withoutProtection(baseline)} the database was read ${reads(baseline)} times, a cached answer took ${cached(baseline)} and ${stale(baseline, ' of the reads')}`;
  return `${[opening, ...best].join('; ')}.`;
}

function reads(strategy: StrategyResult): string {
  const measured = medianOf(strategy, 'db.reads');
  return measured === null ? 'an unknown number of' : threeDigits(measured);
}

function cached(strategy: StrategyResult): string {
  return ms(medianOf(strategy, 'latency.cached.p50'));
}

/** `10% were stale, by up to 0.93 s`. */
function stale(strategy: StrategyResult, of: string): string {
  const share = medianOf(strategy, STALE);
  if (share === null) return 'an unknown share was stale';
  if (share === 0) return of === '' ? 'none stale' : `none${of} was stale`;
  const longest = time(medianOf(strategy, 'staleness.maxMs') ?? 0);
  return `${percent(share)}${of}${of === '' ? '' : ' were'} stale, by up to ${longest}`;
}

/** What lies closer is as good, and the database decides. */
function toPercent(strategy: StrategyResult): number {
  return Math.round(100 * rankOf(strategy, STALE));
}
