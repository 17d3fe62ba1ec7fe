/** Who protected and who did not, in words; every report tells it the same way. */
import type { OutcomeResult, ScenarioResult, StrategyResult, Verdict } from '../../harness/result/schema.ts';
import { concessionWords, isOpen, list, missedCriteria, openRounds } from './outcome-words.ts';
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
      // A criterion has commas and alternatives of its own.
      text: `A strategy protects if in every round it ${first.outcome.criteria.map(({ says }) => says).join('; and ')}.`,
    },
  ];
  for (const { name } of unharmed) {
    const text = `${name} meets all of this without protection: the storm did no harm, so nothing is shown of the others.`;
    lines.push({ verdict: 'inconclusive', glyph: MARKS.unharmed.glyph, text });
  }
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
