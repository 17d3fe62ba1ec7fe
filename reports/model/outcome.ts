/** Who protected and who did not, in words; every report tells it the same way. */
import { agreeing } from '../../harness/result/agreement.ts';
import { isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type {
  Metric,
  OutcomeResult,
  ScenarioResult,
  StrategyResult,
  Verdict,
} from '../../harness/result/schema.ts';
import { quantity } from './format.ts';
import { metricLabel } from './metrics.ts';
import { type VerdictWords, verdictWords } from './verdict.ts';

export interface OutcomeLine {
  /** `null`: neither good nor bad, as a baseline is there to fail. */
  readonly verdict: Verdict | null;
  readonly glyph: string;
  readonly text: string;
}

/** The mark of a strategy: whether it protected, where the result says so, else its verdict. */
export interface StrategyMark extends VerdictWords {
  readonly verdict: Verdict | null;
}

const MARKS = {
  protected: { glyph: '✓', word: 'protects' },
  'as declared': { glyph: '~', word: 'known gap' },
  baseline: { glyph: '·', word: 'unprotected' },
  unharmed: { glyph: '?', word: 'unharmed' },
  'not protected': { glyph: '✗', word: 'not protected' },
} as const;

/** Returns the mark of a row. A broken bound or threshold outweighs an outcome; so does a doubt. */
export function strategyMark(strategy: StrategyResult): StrategyMark {
  const { verdict, outcome } = strategy;
  const words = (kind: keyof typeof MARKS, shown: Verdict | null): StrategyMark => {
    const { glyph, word } = MARKS[kind];
    return { verdict: shown, glyph, word, text: `${glyph} ${word}` };
  };
  if (outcome === undefined || outcome.verdict === 'inconclusive')
    return { ...verdictWords(verdict), verdict };
  if (isWithoutProtection(outcome) && verdict === 'pass') {
    return outcome.verdict === 'protected' ? words('unharmed', 'inconclusive') : words('baseline', null);
  }
  // A bound that broke says more of a row: its numbers are not what theory says, and the outcome rests on them.
  const failed = outcome.verdict === 'not protected' && !isWithoutProtection(outcome);
  if (failed && strategy.asPredicted !== 'fail') return words('not protected', 'fail');
  if (verdict !== 'pass') return { ...verdictWords(verdict), verdict };
  return outcome.verdict === 'as declared' ? words('as declared', null) : words('protected', 'pass');
}

/** What protected means here, then who does, who gives up what, and who fails; nothing for results before 2.0. */
export function outcomeLines(scenario: ScenarioResult): readonly OutcomeLine[] {
  const contenders = scenario.strategies.filter(({ aa }) => aa !== true);
  const judged = contenders.flatMap(({ name, outcome }) =>
    outcome === undefined ? [] : [{ name, outcome }],
  );
  const [first] = judged;
  if (first === undefined) return [];
  const named = (wanted: OutcomeResult['verdict']) =>
    judged.filter(({ outcome }) => outcome.verdict === wanted);
  const unharmed = named('protected').filter(({ outcome }) => isWithoutProtection(outcome));
  const protectors = named('protected').flatMap((each) => (unharmed.includes(each) ? [] : [each.name]));
  const failed = named('not protected');
  const lines: OutcomeLine[] = [
    {
      verdict: null,
      glyph: ' ',
      text: `A strategy protects if in every round it ${list(first.outcome.criteria.map(({ says }) => says))}.`,
    },
  ];
  if (protectors.length > 0) {
    const text = `${list(protectors)} ${protectors.length === 1 ? 'protects' : 'protect'}.`;
    lines.push({ verdict: 'pass', glyph: MARKS.protected.glyph, text });
  }
  for (const { name, outcome } of failed.filter(({ outcome }) => isWithoutProtection(outcome))) {
    const text = `${name} does not, as is expected of a baseline: ${missedCriteria(outcome)}.`;
    lines.push({ verdict: null, glyph: MARKS.baseline.glyph, text });
  }
  for (const { name, outcome } of named('as declared')) {
    const text = `${name} has a known gap: ${concessionWords(outcome)}`;
    lines.push({ verdict: null, glyph: MARKS['as declared'].glyph, text });
  }
  for (const { name, outcome } of failed.filter(({ outcome }) => !isWithoutProtection(outcome))) {
    const text = `${name} does not protect: ${missedCriteria(outcome)}.`;
    lines.push({ verdict: 'fail', glyph: MARKS['not protected'].glyph, text });
  }
  for (const { name } of unharmed) {
    const text = `${name} does, without protection: the storm did no harm, so that others do shows nothing.`;
    lines.push({ verdict: 'inconclusive', glyph: MARKS.unharmed.glyph, text });
  }
  const open = named('inconclusive').filter(({ outcome }) => isOpen(outcome));
  if (open.length > 0) {
    const text = `Not known of ${list(open.map(({ name, outcome }) => `${name} (${openRounds(outcome)})`))}.`;
    lines.push({ verdict: 'inconclusive', glyph: '?', text });
  }
  const better = judged.flatMap(({ name, outcome }) => {
    const met = outcome.criteria.filter(({ holds, givesUp }) => holds === true && givesUp !== undefined);
    if (met.length === 0) return [];
    // Of one that protects altogether there is nothing to add.
    return outcome.verdict === 'protected' ? [name] : [`${name} (it ${list(met.map(({ says }) => says))})`];
  });
  if (better.length > 0) {
    lines.push({
      verdict: null,
      glyph: '+',
      text: `Known gaps that did not show in these rounds: ${list(better)}.`,
    });
  }
  return lines;
}

function isWithoutProtection({ expected }: OutcomeResult): boolean {
  return expected === 'not protected';
}

type Criterion = OutcomeResult['criteria'][number];

function missedCriteria({ criteria }: OutcomeResult): string {
  const missed = criteria.filter(({ holds, givesUp }) => holds === false && givesUp?.delivered !== true);
  return missed.map(missedWords).join('; ');
}

/** `loads per expiry 50 ×, wanted at most 6 ×, and 40 % of none’s, wanted at most 5 % (round 3)` */
function missedWords({ missedIn, checks, givesUp }: Criterion): string {
  const told = givesUp?.delivered === false ? (givesUp.instead ?? []) : checks;
  const rounds = Math.max(0, ...told.map((check) => check.rounds.length));
  const found = told.flatMap((check) => {
    const seen = check.rounds.find(({ round, holds }) => missedIn.includes(round) && holds === false);
    return seen === undefined ? [] : [checkWords(check, seen)];
  });
  const where = missedIn.length === rounds ? 'every round' : `round ${list(missedIn.map(String))}`;
  return `${found.join(', and ')}${rounds > 1 ? ` (${where})` : ''}`;
}

type Check = Criterion['checks'][number];

function checkWords(check: Check, { actual, reason }: Check['rounds'][number]): string {
  const { metric, against } = check;
  const name = lowerFirst(metricLabel(metric));
  // A time that was cut short is below the limit, and no merit.
  if (reason !== undefined) return `${name}: ${reason.replace(/ in 1 of 1 rounds$/, '')}`;
  const measured =
    against === null ? quantity(actual, unitOf(metric)) : `${quantity(actual, 'fraction')} of ${against}’s`;
  return `${name} ${measured}, wanted ${limitWords(check)}`;
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
function concessionWords({ criteria }: OutcomeResult): string {
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
function isOpen(outcome: OutcomeResult): boolean {
  return openCriteria(outcome).length > 0;
}

function openCriteria({ criteria }: OutcomeResult): readonly Criterion[] {
  return criteria.filter(({ holds, givesUp }) => holds === null || givesUp?.delivered === null);
}

/** `round 2: void or missing`, or why it could not be measured. */
function openRounds(outcome: OutcomeResult): string {
  const open = openCriteria(outcome);
  const reasons = open.flatMap(({ checks }) =>
    checks.flatMap(({ rounds }) => rounds.flatMap(({ reason }) => reason ?? [])),
  );
  const rounds = [...new Set(open.flatMap(({ openIn }) => openIn))].sort((a, b) => a - b);
  const why = reasons.length === 0 ? 'void or missing' : [...new Set(reasons)].join('; ');
  return `${agreeing(rounds.length, 'round')} ${list(rounds.map(String))}: ${why}`;
}

/** `a`, `a and b`, `a, b and c` */
function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
