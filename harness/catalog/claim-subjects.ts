import type { Contender } from '../plan/plan.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Problem } from './errors.ts';
import { plannedContest } from './planned-contest.ts';
import { loadScenario } from './scenarios.ts';
import { subjectProblem } from './thresholds.ts';

/**
 * What claims are about and the scenario, or the variant at hand, does not have: strategies, metrics, faults. As it is
 * written: a claim may be about a strategy that the user leaves out of this run, and is not judged then.
 *
 * @param contendersOf Finds all strategies of a scenario.
 */
export async function claimSubjectProblems(
  { claims }: Pick<Scenario, 'claims'>,
  reference: string,
  contendersOf: (scenario: Scenario) => Promise<readonly Contender[]>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, { cases }] of claims.entries()) {
    for (const [nth, { variant, holds }] of cases.entries()) {
      const scenario = await loadScenario(variant === null ? reference : `${reference}:${variant}`, []);
      const planned = plannedContest({ scenario, contenders: await contendersOf(scenario) }, null);
      const path = `claims.${index}.cases.${nth}.holds`;
      problems.push(
        ...holds.flatMap((expression, at) => subjectProblem(expression, planned, `${path}.${at}`) ?? []),
      );
    }
  }
  return problems;
}
