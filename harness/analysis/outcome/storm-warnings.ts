import type { PlannedScenario } from '../../plan/plan.ts';
import type { OutcomeResult, Warning } from '../../result/schema.ts';
import { hasBaseline } from '../../scenario/default-criteria.ts';
import { warn } from '../warning-catalogue.ts';

type Field = Pick<PlannedScenario, 'scenario' | 'unprotected'>;

/** Warns where nothing shows that the storm does harm: it says nothing of a mitigation then. */
export function stormWarnings(
  outcomes: ReadonlyMap<string, OutcomeResult>,
  { scenario, unprotected }: Field,
): Warning[] {
  if (unprotected === undefined) {
    if (!hasBaseline(scenario)) return [];
    const [baseline = ''] = scenario.strategies;
    return [
      warn(
        'baseline-missing',
        `${baseline}, the scenario’s baseline, did not run: nothing shows that the storm does harm`,
      ),
    ];
  }
  const outcome = outcomes.get(unprotected);
  if (outcome?.verdict !== 'protected') return [];
  const met = outcome.criteria.map(({ says }) => says).join('; it ');
  const message = `the storm did no harm: ${unprotected}, without protection, met every criterion of the outcome (it ${met})`;
  return [warn('storm-did-not-bite', message)];
}
