import type { PlannedScenario } from '../../plan/plan.ts';
import type { OutcomeResult, Warning } from '../../result/schema.ts';
import { warn } from '../warning-catalogue.ts';

type Outcomes = ReadonlyMap<string, OutcomeResult>;
type Field = Pick<PlannedScenario, 'scenario' | 'baseline' | 'ownBaseline'>;

/** Warns where the baseline met every criterion: a storm that harms nobody shows nothing of a mitigation. */
export function stormWarnings(outcomes: Outcomes, field: Field): Warning[] {
  const { baseline } = field;
  const outcome = outcomes.get(baseline);
  if (outcome === undefined || !isExpectedToFail(field) || outcome.verdict !== 'protected') return [];
  const met = outcome.criteria.map(({ says }) => says).join('; it ');
  const message = `the storm did no harm: ${baseline}, without protection, met every criterion of the outcome (it ${met})`;
  return [warn('storm-did-not-bite', message)];
}

/** A baseline that the user put first is a contender like all others. */
function isExpectedToFail({ scenario, ownBaseline }: Field): boolean {
  return ownBaseline === true && scenario.outcome.baseline === 'fails';
}
