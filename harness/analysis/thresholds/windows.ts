import type { MetricName } from '../../result/metrics.ts';
import type { TrialReading } from '../trial.ts';
import type { Trigger } from '../triggers.ts';
import { metricsWithin, type Span, valuesWithin } from '../within.ts';
import type { Window } from './threshold.ts';

type FaultWindow = Exclude<Window, { readonly kind: 'all' }>;

/**
 * The trials with the numbers of a window in place of the whole storm's, or why there are none.
 *
 *     start ------ before ------| fault: during |------ after ------ last query answered
 */
export function overWindow(
  trials: readonly TrialReading[],
  metric: MetricName,
  window: FaultWindow,
): readonly TrialReading[] | string {
  const whole = onlyOfTheWhole(metric);
  if (whole !== null) return whole;
  const found: TrialReading[] = [];
  for (const trial of trials) {
    const trigger = triggerOf(trial.triggers, window);
    if (typeof trigger === 'string') return trigger;
    found.push({ ...trial, values: valuesWithin(trial.sample, spanOf(trial, trigger, window.kind)) });
  }
  return found;
}

/** Returns why a metric has no value for a part of the storm, with those that have; or `null`. */
export function onlyOfTheWhole(metric: MetricName): string | null {
  if (metricsWithin.some((name) => name === metric)) return null;
  return `${metric} is known of the whole storm only; over a window there are ${metricsWithin.join(', ')}`;
}

function triggerOf(triggers: readonly Trigger[], { kind, fault }: FaultWindow): Trigger | string {
  const names = triggers.map(({ name }) => name);
  if (names.length === 0) return `without faults there is no window "${kind}"; only "all" can be judged`;
  if (fault === null) {
    const [only] = triggers;
    if (only !== undefined && triggers.length === 1) return only;
    return `which of ${names.join(', ')} is meant? Name it, as in ${kind}(${names[0]})`;
  }
  const named = triggers.find(({ name }) => name === fault);
  return named ?? `no fault "${fault}" happened in every round; there was ${names.join(', ')}`;
}

function spanOf({ sample }: TrialReading, trigger: Trigger, kind: FaultWindow['kind']): Span {
  const { load, before, after } = sample;
  switch (kind) {
    case 'before':
      return { fromUs: Math.min(before.atUs, load.startedAtUs), toUs: trigger.fromUs };
    case 'during':
      return { fromUs: trigger.fromUs, toUs: trigger.toUs };
    case 'after':
      return { fromUs: trigger.toUs, toUs: Math.max(after.atUs, load.finishedAtUs) };
  }
}
