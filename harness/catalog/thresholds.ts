import { ThresholdError } from '../analysis/thresholds/error.ts';
import { meaningless } from '../analysis/thresholds/meaning.ts';
import { parseThreshold } from '../analysis/thresholds/parse.ts';
import { againstOf, subjectsOf } from '../analysis/thresholds/subjects.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import type { Problem } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { groundless } from './threshold-grounds.ts';

/** Returns what is wrong with a threshold as such, or `null`; the message shows the place, or why it says nothing. */
export function syntaxProblem(expression: string, path: string): Problem | null {
  try {
    const reason = meaningless(parseThreshold(expression));
    return reason === null ? null : { path, message: `"${expression}": ${reason}` };
  } catch (error) {
    if (error instanceof ThresholdError) return { path, message: error.message };
    throw error;
  }
}

/**
 * Returns what is wrong with a threshold for the strategies that run: a name that none of them has, or nobody left to
 * judge, which would pass without having been looked at; or nothing to judge by.
 */
export function subjectProblem(expression: string, planned: PlannedScenario, path: string): Problem | null {
  const threshold = parseThreshold(expression);
  const { baseline, again } = planned;
  const strategies = planned.strategies.map(({ name }) => name);
  for (const name of [threshold.strategy, againstOf(threshold, baseline)]) {
    if (name === null || strategies.includes(name)) continue;
    const message = `"${expression}" names the strategy "${name}", which does not run; expected one of ${strategies.join(', ')}.${didYouMean(name, strategies)}`;
    return { path, message };
  }
  if (subjectsOf(threshold, { strategies, baseline, again }).length === 0) {
    return { path, message: `"${expression}" is about no strategy: none is compared with itself` };
  }
  const reason = groundless(threshold, planned);
  return reason === null ? null : { path, message: `"${expression}": ${reason}` };
}
