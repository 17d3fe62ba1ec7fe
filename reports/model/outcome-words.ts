/** What of an outcome was missed, given up or not known, in words. */
import { agreeing } from '../../harness/result/agreement.ts';
import { isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type { Metric, OutcomeResult } from '../../harness/result/schema.ts';
import { figure, quantity } from './format.ts';
import { metricLabel } from './metrics.ts';

type Criterion = OutcomeResult['criteria'][number];

export function missedCriteria({ criteria }: OutcomeResult): string {
  const missed = criteria.filter(({ holds, givesUp }) => holds === false && givesUp?.delivered !== true);
  return missed.map(missedWords).join('; ');
}

/** `loads per expiry 48 to 51 ×, wanted at most 6 ×, and 40 % of none’s, wanted at most 5 % (rounds 2 and 3)` */
function missedWords({ missedIn, openIn, checks, givesUp }: Criterion): string {
  // Those that are open, too: what was missed in all that count was not missed in every one.
  const rounds = new Set([...checks.flatMap((check) => check.rounds.map(({ round }) => round)), ...openIn])
    .size;
  const promised = givesUp?.delivered === false ? givesUp.instead : undefined;
  const broken = promised?.flatMap((check) => check.rounds.filter(({ holds }) => holds === false)) ?? [];
  const where = promised === undefined ? missedIn : broken.map(({ round }) => round);
  const found = (promised ?? checks).flatMap((check) => {
    const seen = check.rounds.filter(({ round }) => where.includes(round));
    return seen.length === 0 ? [] : [checkWords(check, seen)];
  });
  const named = where.length === rounds ? 'every round' : agreeing(where.length, 'round');
  const which = where.length === rounds ? '' : ` ${list(where.map(String))}`;
  return `${found.join(', and ')}${rounds > 1 ? ` (${named}${which})` : ''}`;
}

type Check = Criterion['checks'][number];

function checkWords(check: Check, seen: Check['rounds']): string {
  const { metric, against } = check;
  const name = lowerFirst(metricLabel(metric));
  // A time that was cut short is below the limit, and no merit.
  const reasons = new Set(seen.flatMap(({ reason }) => reason?.replace(/ in 1 of 1 rounds$/, '') ?? []));
  if (reasons.size > 0) return `${name}: ${list([...reasons])}`;
  const unit = against === null ? unitOf(metric) : 'fraction';
  const values = seen.map(({ actual }) => actual ?? Number.NaN);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const range = figure(low, unit) === figure(high, unit) ? '' : `${figure(low, unit)} to `;
  const measured = `${range}${quantity(high, unit)}`;
  return `${name} ${measured}${against === null ? '' : ` of ${against}’s`}, wanted ${limitWords(check)}`;
}

const OPERATORS = [
  ['<=', 'at most '],
  ['>=', 'at least '],
  ['==', ''],
  ['<', 'below '],
  ['>', 'above '],
] as const;

/** `at most 5 %` */
function limitWords({ expression, metric, against, limit }: Check): string {
  const [, words = ''] = OPERATORS.find(([operator]) => expression.includes(` ${operator} `)) ?? [];
  const shown = quantity(limit, against === null ? unitOf(metric) : 'fraction');
  // A limit is as exact as it was written.
  return `${words}${shown.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '')}`;
}

function unitOf(metric: string): Metric['unit'] {
  return isMetricName(metric) ? metricFacts[metric].unit : 'count';
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** What was missed, the reasons that the scenario gives, and what is delivered in its place. */
export function concessionWords({ criteria }: OutcomeResult): string {
  const given = criteria.filter(({ holds }) => holds === false);
  const reasons = new Set(given.map(({ givesUp }) => givesUp?.because ?? ''));
  const instead = given.flatMap(({ givesUp }) => givesUp?.instead ?? []);
  const delivered = instead.map((check) => `${lowerFirst(metricLabel(check.metric))} ${limitWords(check)}`);
  return [
    `${given.map(missedWords).join('; ')}.`,
    ...reasons,
    ...(delivered.length === 0 ? [] : [`In its place it keeps ${list(delivered)}.`]),
  ].join(' ');
}

/** Whether something of it is not known, rather than known of a storm that did no harm. */
export function isOpen(outcome: OutcomeResult): boolean {
  return openCriteria(outcome).length > 0;
}

function openCriteria({ criteria }: OutcomeResult): readonly Criterion[] {
  return criteria.filter(({ holds, givesUp }) => holds === null || givesUp?.delivered === null);
}

/** `round 2: void or missing`, or why it could not be measured. */
export function openRounds(outcome: OutcomeResult): string {
  const open = openCriteria(outcome);
  const reasons = open.flatMap(({ checks }) =>
    checks.flatMap(({ rounds }) => rounds.flatMap(({ reason }) => reason ?? [])),
  );
  const rounds = [...new Set(open.flatMap(({ openIn }) => openIn))].sort((a, b) => a - b);
  const why = reasons.length === 0 ? 'void or missing' : [...new Set(reasons)].join('; ');
  return `${agreeing(rounds.length, 'round')} ${list(rounds.map(String))}: ${why}`;
}

/** `a`, `a and b`, `a, b and c` */
export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
