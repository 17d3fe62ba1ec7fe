import { agreeing } from '../../result/agreement.ts';
import type { StrategyResult } from '../../result/schema.ts';
import {
  BEST,
  joined,
  medianOf,
  ms,
  percent,
  rankOf,
  threeDigits,
  twoDigits,
  withoutProtection,
} from './phrases.ts';

const ATTACKS = [
  ['repeated', 'db.loadsPerMissing.repeated'],
  ['endless', 'db.loadsPerMissing.endless'],
] as const;
const HONEST_P99 = 'honest.latency.response.p99';
const DENIED = 'inserted.falseNotFound';
/** Below it, a defence has cost the users that it was there for. */
const SERVED = 0.95;
const MOST_HARMS = 2;

type Attack = (typeof ATTACKS)[number];

/** How many requests for missing keys came through, and what honest users noticed; `null` without an attack. */
export function missingKeysAnswer(
  baseline: StrategyResult,
  others: readonly StrategyResult[],
): string | null {
  const attacks = ATTACKS.filter(([, metric]) => baseline.metrics[metric] !== undefined);
  if (attacks.length === 0) return null;
  const all = attacks.every(([, metric]) => (medianOf(baseline, metric) ?? 0) >= 0.995);
  const opening = `${withoutProtection(baseline)} ${all ? 'every request' : 'requests'} for a missing key reached the database (${perRequest(baseline, attacks)}) and honest users’ p99 was ${ms(medianOf(baseline, HONEST_P99))}`;
  const ranked = others
    .filter((strategy) => harm(strategy) === null)
    .toSorted((a, b) => came(a, attacks) - came(b, attacks) || rankOf(a, HONEST_P99) - rankOf(b, HONEST_P99));
  const best = ranked
    .slice(0, BEST)
    .map((one) => `${one.name} ${loads(one, attacks)} at ${ms(medianOf(one, HONEST_P99))}`);
  const harms = others.flatMap((strategy) => harm(strategy) ?? []).slice(0, MOST_HARMS);
  return `${[opening, ...(best.length > 0 ? [`with ${joined(best)}`] : []), ...harms].join('; ')}.`;
}

/** `1 load a request for repeated and endless keys`: says the order in which the others' are given. */
function perRequest(baseline: StrategyResult, attacks: readonly Attack[]): string {
  const each = attacks.map((attack) => loads(baseline, [attack]));
  const said = new Set(each).size === 1 ? (each[0] ?? '') : joined(each);
  return `${said} ${said === '1' ? 'load' : 'loads'} a request for ${joined(attacks.map(([name]) => name))} keys`;
}

/** `0 and 0.003`, in the order of the attacks. */
function loads(strategy: StrategyResult, attacks: readonly Attack[]): string {
  return joined(
    attacks.map(([, metric]) => {
      const value = medianOf(strategy, metric);
      return value === null ? 'unknown' : twoDigits(value);
    }),
  );
}

/** To a hundredth of a load: what lies closer is as good, and the users' waiting decides. */
function came(strategy: StrategyResult, attacks: readonly Attack[]): number {
  return Math.round(100 * attacks.reduce((sum, [, metric]) => sum + rankOf(strategy, metric), 0));
}

/** What a strategy did to honest users; `null`: nothing. */
function harm(strategy: StrategyResult): string | null {
  const { name } = strategy;
  const denied = medianOf(strategy, DENIED) ?? 0;
  if (denied > 0) return `${name} denied ${percent(denied)} of the reads of rows just inserted`;
  const wrong = medianOf(strategy, 'honest.falseNotFound') ?? 0;
  if (wrong > 0)
    return `${name} told honest users ${threeDigits(wrong)} ${agreeing(wrong, 'time')} that a row is not there`;
  const served = medianOf(strategy, 'honest.goodput') ?? 1;
  return served < SERVED ? `${name} served only ${percent(served)} of honest users’ requests` : null;
}
