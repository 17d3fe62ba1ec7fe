import type { Optimum } from '../../../scenarios/strategies/prediction.ts';
import { drawnKeys } from '../../load/drawn-keys.ts';
import { generatorPlan } from '../../plan/generator-plan.ts';
import type { PlannedScenario } from '../../plan/plan.ts';
import type { TrialSample } from '../../record/sample.ts';
import type { MetricName } from '../../result/metrics.ts';
import { optimalHits } from './optimal-hits.ts';

type OptimumMetric = Extract<
  MetricName,
  'cache.entries' | 'cache.optimalHitRate' | 'cache.optimumShare' | 'cache.refusedWrites'
>;

/** What a cache of limited memory held and refused, beside the best that one of as many entries could do. */
export function optimumValues(
  sample: TrialSample,
  planned: PlannedScenario,
  hitRate: number | null,
): Record<OptimumMetric, number | null> {
  const { before, after } = sample;
  const optimum = optimumOf(sample, planned);
  return {
    'cache.entries': mostEntries(sample),
    'cache.refusedWrites':
      after.redisRefused === undefined || before.redisRefused === undefined
        ? null
        : after.redisRefused - before.redisRefused,
    'cache.optimalHitRate': optimum?.hitRate ?? null,
    'cache.optimumShare':
      hitRate === null || optimum === null || optimum.hitRate === 0 ? null : hitRate / optimum.hitRate,
  };
}

/**
 * The optimum for the very keys of a trial, drawn again from its seed, in the order in which they were to be sent: the
 * cache meets those on their way together in a slightly other one. A cache that held entries when the storm began
 * is held against an optimum that begins with whatever serves it best, for the keys of the warm-up are other ones.
 *
 * `null` without a limit, and where the keys are not known or not only read, or readers tried again.
 */
function optimumOf(sample: TrialSample, planned: PlannedScenario): Optimum | null {
  const { load, trial, before, cacheLimit } = sample;
  const { offered } = load.counts;
  const entries = mostEntries(sample);
  if (cacheLimit === undefined || entries === null || load.retried !== undefined || offered === 0)
    return null;
  const keys = drawnKeys(generatorPlan(trial, planned, []), offered);
  if (keys === null) return null;
  const start = before.redisEntries === 0 ? 'empty' : 'any';
  return { entries, hitRate: optimalHits(keys, entries, start) / offered };
}

/** `null` in samples of earlier versions. */
function mostEntries({ before, readings, after }: TrialSample): number | null {
  const seen = [before, ...readings, after].map(({ redisEntries }) => redisEntries ?? null);
  return seen.includes(null) ? null : Math.max(...seen.filter((count) => count !== null));
}
