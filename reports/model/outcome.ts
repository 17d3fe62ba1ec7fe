/** Who protected and who did not, in words; every report tells it the same way. */
import { agreeing } from '../../harness/result/agreement.ts';
import { isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type { OutcomeResult, ScenarioResult, StrategyResult, Verdict } from '../../harness/result/schema.ts';
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
  'as declared': { glyph: '~', word: 'as declared' },
  baseline: { glyph: '·', word: 'unprotected' },
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
  if (verdict !== 'pass') return { ...verdictWords(verdict), verdict };
  if (outcome.verdict === 'not protected') {
    return strategy.baseline || strategy.aa === true
      ? words('baseline', null)
      : words('not protected', 'fail');
  }
  return outcome.verdict === 'as declared' ? words('as declared', null) : words('protected', 'pass');
}

/** What protected means here, then who does, who gives up what, and who fails; nothing for results before 2.0. */
export function outcomeLines(scenario: ScenarioResult): readonly OutcomeLine[] {
  const contenders = scenario.strategies.filter(({ aa }) => aa !== true);
  const judged = contenders.flatMap(({ name, baseline, outcome }) =>
    outcome === undefined ? [] : [{ name, expected: baseline, outcome }],
  );
  const [first] = judged;
  if (first === undefined) return [];
  const named = (wanted: OutcomeResult['verdict']) =>
    judged.filter(({ outcome }) => outcome.verdict === wanted);
  const protectors = named('protected').map(({ name }) => name);
  const failed = named('not protected');
  const lines: OutcomeLine[] = [
    {
      verdict: null,
      glyph: ' ',
      text: `Protected: it ${list(first.outcome.criteria.map(({ says }) => says))}.`,
    },
  ];
  if (protectors.length > 0) {
    const text = `${list(protectors)} ${protectors.length === 1 ? 'protects' : 'protect'}.`;
    lines.push({ verdict: 'pass', glyph: MARKS.protected.glyph, text });
  }
  for (const { name, outcome } of failed.filter(({ expected }) => expected)) {
    const text = `${name} does not, as is expected of a baseline: ${missedCriteria(outcome)}.`;
    lines.push({ verdict: null, glyph: MARKS.baseline.glyph, text });
  }
  for (const { name, outcome } of named('as declared')) {
    const given = outcome.criteria.filter(({ holds }) => holds === false);
    const text = `${name} does not, as declared: ${given.map(concessionWords).join(' ')}`;
    lines.push({ verdict: null, glyph: MARKS['as declared'].glyph, text });
  }
  for (const { name, outcome } of failed.filter(({ expected }) => !expected)) {
    const text = `${name} does not protect: ${missedCriteria(outcome)}.`;
    lines.push({ verdict: 'fail', glyph: MARKS['not protected'].glyph, text });
  }
  const open = named('inconclusive');
  if (open.length > 0) {
    const text = `Not known of ${list(open.map(({ name, outcome }) => `${name} (${openRounds(outcome)})`))}.`;
    lines.push({ verdict: 'inconclusive', glyph: '?', text });
  }
  const better = judged.flatMap(({ name, outcome }) => {
    const met = outcome.criteria.filter(({ holds, givesUp }) => holds === true && givesUp !== undefined);
    return met.length === 0 ? [] : [`${name} (it ${list(met.map(({ says }) => says))})`];
  });
  if (better.length > 0) {
    lines.push({ verdict: null, glyph: '+', text: `Better than the scenario declares: ${list(better)}.` });
  }
  return lines;
}

type Criterion = OutcomeResult['criteria'][number];

function missedCriteria({ criteria }: OutcomeResult): string {
  const missed = criteria.filter(({ holds, givesUp }) => holds === false && givesUp?.delivered !== true);
  return missed.map(missedWords).join('; ');
}

/** `sends at most 6 queries an expiry: missed in round 3 (loads per expiry 50, allowed <= 6)` */
function missedWords({ says, missedIn, checks, givesUp }: Criterion): string {
  const [round] = missedIn;
  const told = givesUp?.instead ?? checks;
  const rounds =
    missedIn.length === (checks[0]?.rounds.length ?? 0) ? 'every round' : `round ${missedIn.join(', ')}`;
  const found = told.flatMap((check) => {
    const seen = check.rounds.find((each) => each.round === round);
    return seen === undefined ? [] : [checkWords(check, seen.actual)];
  });
  return `“${says}” was missed in ${rounds}${found.length === 0 ? '' : ` (${found.join('; ')})`}`;
}

function checkWords(
  { metric, against, expression }: Criterion['checks'][number],
  actual: number | null,
): string {
  const unit = isMetricName(metric) ? metricFacts[metric].unit : 'count';
  const measured =
    against === null ? quantity(actual, unit) : `${quantity(actual, 'fraction')} of ${against}’s`;
  const wanted = expression.slice(expression.indexOf(metric) + metric.length + 1);
  return `${metricLabel(metric)} ${measured}, wanted ${wanted}`;
}

function concessionWords({ says, givesUp }: Criterion): string {
  const instead = givesUp?.instead?.map(({ expression }) => expression) ?? [];
  const delivered = instead.length === 0 ? '' : ` It delivers ${list(instead)}.`;
  return `not “${says}”. ${givesUp?.because ?? ''}${delivered}`;
}

/** `round 2: void or missing`, or why it could not be measured. */
function openRounds({ criteria }: OutcomeResult): string {
  const open = criteria.filter(({ holds, givesUp }) => holds === null || givesUp?.delivered === null);
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
