import { parseThreshold } from '../analysis/thresholds/parse.ts';
import { defaultCriteria } from '../scenario/default-criteria.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Problem } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { syntaxProblem } from './thresholds.ts';

/** Finds what is wrong with a scenario's outcome: its thresholds, and the names in what strategies give up. */
export function outcomeProblems(scenario: Scenario): Problem[] {
  const { criteria, givesUp } = scenario.outcome;
  const own = (criteria ?? []).flatMap(({ name, any }, index) => {
    const path = `outcome.criteria.${index}`;
    const again = (criteria ?? []).findIndex((other) => other.name === name) < index;
    return [
      ...(again ? [{ path: `${path}.name`, message: `"${name}" is named more than once` }] : []),
      ...any.flatMap((expression, at) => unnamedProblem(expression, `${path}.any.${at}`) ?? []),
    ];
  });
  if (own.length > 0) return own;
  // Which of the defaults it has changes with its settings.
  const names: readonly string[] = criteria?.map(({ name }) => name) ?? defaultCriteria;
  const strategies = [...scenario.strategies, ...Object.keys(scenario.aliases)];
  return Object.entries(givesUp).flatMap(([strategy, concessions]) => [
    ...(strategies.includes(strategy)
      ? []
      : [
          {
            path: `outcome.givesUp.${strategy}`,
            message: `no strategy of this name; expected one of ${strategies.join(', ')}.${didYouMean(strategy, strategies)}`,
          },
        ]),
    ...concessions.flatMap(({ criterion, instead }, index) => {
      const path = `outcome.givesUp.${strategy}.${index}`;
      const unknown = names.includes(criterion)
        ? []
        : [
            {
              path: `${path}.criterion`,
              message: `no criterion "${criterion}"; expected one of ${names.join(', ')}.${didYouMean(criterion, names)}`,
            },
          ];
      return [...unknown, ...(instead === null ? [] : (unnamedProblem(instead, `${path}.instead`) ?? []))];
    }),
  ]);
}

/** It is asked of every strategy: one that names a strategy would not be. */
function unnamedProblem(expression: string, path: string): Problem[] | null {
  const problem = syntaxProblem(expression, path);
  if (problem !== null) return [problem];
  if (parseThreshold(expression).strategy === null) return null;
  const message = `"${expression}" names a strategy; expected none, as a criterion is asked of all of them`;
  return [{ path, message }];
}
