import type { Generator } from '../load/generator.ts';
import { warmUpGenerator } from '../load/generator-warm-up.ts';
import type { GeneratorPlan } from '../load/protocol.ts';
import type { WarmUp } from '../record/sample.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { ServiceInstance } from '../service/instance.ts';
import type { TrialSite } from './site.ts';
import { warmUp } from './warm-up.ts';

export interface Prepared {
  /** `null` for a cold start. */
  readonly warmUp: WarmUp | null;
  /** `null` when nothing was preloaded. */
  readonly preloadedAtUs: number | null;
}

/** Brings a trial's processes to where its storm begins: warm or cold, with a cache as the load left it or preloaded. */
export async function prepare(
  { start, preload }: Scenario,
  plan: GeneratorPlan,
  { generator, services }: { readonly generator: Generator; readonly services: readonly ServiceInstance[] },
  site: TrialSite,
): Promise<Prepared> {
  let warmedUp: WarmUp | null = null;
  if (start === 'warm') warmedUp = await warmUp(generator, plan, site);
  // The service is to be cold, not the instrument.
  else if (plan.load.model === 'open') await warmUpGenerator(generator, plan, site.signal);
  if (!preload) return { warmUp: warmedUp, preloadedAtUs: null };
  await services[0]?.preload();
  return { warmUp: warmedUp, preloadedAtUs: site.clock.nowUs() };
}
