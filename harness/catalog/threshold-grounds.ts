import { measuredOf, missingFor, triggerNames } from '../analysis/measured.ts';
import { againstOf, subjectsOf } from '../analysis/thresholds/subjects.ts';
import type { Threshold } from '../analysis/thresholds/threshold.ts';
import { onlyOfTheWhole } from '../analysis/thresholds/windows.ts';
import type { PlannedScenario, PlannedStrategy } from '../plan/plan.ts';
import { didYouMean } from './nearest.ts';

/**
 * Returns why a threshold could not be judged, whatever the trials measure, with what there is; or `null`. Without this
 * it would be undecided after the last trial.
 */
export function groundless(threshold: Threshold, planned: PlannedScenario): string | null {
  const names = planned.strategies.map(({ name }) => name);
  const { baseline, again } = planned;
  const subjects = subjectsOf(threshold, { strategies: names, baseline, again });
  const involved = [...subjects, againstOf(threshold, baseline)];
  for (const strategy of planned.strategies.filter(({ name }) => involved.includes(name))) {
    const reason = unmeasured(threshold, planned, strategy) ?? withoutWindow(threshold, planned, strategy);
    if (reason !== null) return reason;
  }
  return null;
}

function unmeasured(
  { metric }: Threshold,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
): string | null {
  const missing = missingFor(metric, planned, strategy);
  if (missing === null) return null;
  const others = planned.strategies.filter((other) => missingFor(metric, planned, other) === null);
  if (others.length > 0) {
    return `${metric} is not measured of ${strategy.name}, which would need ${missing}; name one that has it: ${others.map(({ name }) => name).join(', ')}`;
  }
  return `${planned.scenario.name} does not measure ${metric}, for which it would need ${missing}; it measures ${measuredOf(planned, strategy).join(', ')}`;
}

function withoutWindow(
  { metric, window }: Threshold,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
): string | null {
  if (window.kind === 'all') return null;
  const whole = onlyOfTheWhole(metric);
  if (whole !== null) return whole;
  const names = triggerNames(planned, strategy);
  const where = `${planned.scenario.name} with ${strategy.name}`;
  if (names.length === 0) return `nothing sets off ${where}, so there is no window "${window.kind}"`;
  if (window.fault === null) {
    return names.length === 1
      ? null
      : `which of ${names.join(', ')} is meant? Name it, as in ${window.kind}(${names[0]})`;
  }
  if (names.includes(window.fault)) return null;
  return `there is no "${window.fault}" in ${where}; expected one of ${names.join(', ')}.${didYouMean(window.fault, names)}`;
}
