import type { StrategyResult } from '../../result/schema.ts';
import { BEST, joined, medianOf, percent, rankOf, time, withoutProtection } from './phrases.ts';

const WORST = 'recovery.worstGoodput';
const BACK = 'recovery.to95Ms';
const STUCK = 'recovery.stuck';
/** From which on recovery counts as reached (harness/analysis/recovery.ts): never below it, never down. */
const UP = 0.95;
const MOST_NAMES = 3;

/** How far goodput fell and how soon it was back; `null` when nothing set the storm off. */
export function recoveryAnswer(
  baseline: StrategyResult,
  others: readonly StrategyResult[],
  trigger: string | null,
): string | null {
  if (trigger === null || medianOf(baseline, WORST) === null) return null;
  const opening = `${withoutProtection(baseline)} ${course(baseline, trigger)}`;
  const back = others
    .filter((strategy) => medianOf(strategy, WORST) !== null && !isStuck(strategy))
    .toSorted(
      (a, b) =>
        rankOf(a, 'recovery.lost') - rankOf(b, 'recovery.lost') ||
        rankOf(a, 'latency.response.p99') - rankOf(b, 'latency.response.p99'),
    );
  return `${[opening, ...bestOf(back.slice(0, BEST)), ...notBack(baseline, others)].join('; ')}.`;
}

/** Those of whom the same is to be said are named together. */
function bestOf(best: readonly StrategyResult[]): string[] {
  const byCourse = new Map<string, string[]>();
  for (const strategy of best) {
    const said = course(strategy, null);
    byCourse.set(said, [...(byCourse.get(said) ?? []), strategy.name]);
  }
  const parts = [...byCourse].map(([said, names]) => `with ${joined(names)} ${said}`);
  return parts.length === 0 ? [] : [parts.join(', and ')];
}

function notBack(baseline: StrategyResult, others: readonly StrategyResult[]): string[] {
  const names = others.filter(isStuck).map(({ name }) => name);
  if (names.length === 0) return [];
  const either = isStuck(baseline) ? ' either' : '';
  if (names.length === others.length) return [`with no other strategy was it back by the storm’s end`];
  return [
    `with ${names.length > MOST_NAMES ? `${names.length} others` : joined(names)} it was not back${either}`,
  ];
}

/** `it fell to 49% and was back after 2.8 s`; of goodput and the trigger where they are first spoken of. */
function course(strategy: StrategyResult, trigger: string | null): string {
  const what = trigger === null ? null : triggerWords(trigger);
  const it = what === null ? 'it' : 'goodput';
  const worst = medianOf(strategy, WORST) ?? 0;
  if (worst >= UP) return `${it} stayed at ${percent(worst)}${what === null ? '' : ` through ${what}`}`;
  const fell = `${it} fell to ${percent(worst)}`;
  const after = time(medianOf(strategy, BACK) ?? 0);
  const since = what === null ? `after ${after}` : `${after} after ${what}`;
  if (isStuck(strategy)) return `${fell} and was not back ${since}`;
  const rounds = strategy.metrics[STUCK]?.values ?? [];
  const never = rounds.filter((stuck) => stuck > 0).length;
  return `${fell} and was back ${since}${never === 0 ? '' : `, but not in ${never} of ${rounds.length} rounds`}`;
}

/** In half of its rounds or more. */
function isStuck(strategy: StrategyResult): boolean {
  return rankOf(strategy, STUCK) > 0 && strategy.metrics[STUCK] !== undefined;
}

function triggerWords(name: string): string {
  const known: Readonly<Record<string, string>> = {
    flush: 'the flush',
    expiry: 'the common expiry',
    'cold-start': 'the cold start',
  };
  return known[name] ?? `the ${name.replace(/-\d+$/, '')}`;
}
