/** How many expiries of its hot key a storm holds. */
import type { Warning } from '../result/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { warn } from './warning-catalogue.ts';

/** From so many on, one expiry more is 5%: no more than what counts as the same (result/metrics.ts). */
const MANY = 20;
/** A load takes a little longer than its query: after so many periods that is a tenth of one. */
const WHOLE = 0.1;

/**
 * Returns how many periods of a hot key a storm lasts: an entry lives for its time to live, and is there again after a
 * query. A storm of whole periods sees as many expiries wherever in one it begins; any other sees one more or less.
 *
 * @returns `null` where no single key is hot
 */
export function expiryPeriods({ keys, cache, origin }: Scenario, stormMs: number): number | null {
  return keys.kind === 'hot' ? stormMs / (cache.ttlMs + origin.queryMs) : null;
}

/** Says when a count over the storm depends on the moment in which it began. */
export function periodWarnings(scenario: Scenario, stormMs: number): Warning[] {
  const periods = expiryPeriods(scenario, stormMs);
  if (periods === null || periods >= MANY || Math.abs(periods - Math.round(periods)) <= WHOLE) return [];
  const few = Math.floor(periods);
  return [
    warn(
      'storm-cut',
      `the storm lasts ${periods.toFixed(1)} periods of the hot key, so that by chance some trials see ${few} expiries and some ${few + 1}, and their database reads differ by as much`,
    ),
  ];
}
