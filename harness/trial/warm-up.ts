import type { Generator } from '../load/generator.ts';
import type { GeneratorPlan, LoadInterval } from '../load/protocol.ts';
import { isSteady } from '../load/steadiness.ts';
import type { StreamKeys } from '../load/streams.ts';
import type { WarmUp } from '../record/sample.ts';
import { HONEST_STREAM } from '../scenario/load-schema.ts';
import type { Clock } from '../time/clock.ts';

/** Long enough for a service that is compiled while it runs; what is unsteady then is so by nature. */
const MAX_MS = 3_000;
/** Short, since a verdict takes ten; at 1,000 requests/s each still has 80. */
const WINDOW_MS = 80;

/**
 * Sends the storm's load, of other arrivals and draws, until its throughput and median response time are steady,
 * for 3 s at most: the hot paths of service and generator are compiled by then, their connections open, and the
 * cache is filled with what is popular when the storm begins. The requests on their way at the end are waited for. Phases, which are the storm's, are taken
 * at their mean rate.
 *
 * @throws what `Generator.run` throws
 */
export async function warmUp(
  generator: Generator,
  plan: GeneratorPlan,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<WarmUp> {
  const startedUs = clock.nowUs();
  const windows: LoadInterval[] = [];
  const steady = new AbortController();
  const stop = AbortSignal.any([signal, steady.signal]);
  await generator.run(warmUpPlan(plan), stop, undefined, ({ interval }) => {
    // The answers that are waited for after the end say nothing of the load.
    if (steady.signal.aborted) return;
    windows.push(interval);
    if (isSteady(windows)) steady.abort();
  });
  return { tookMs: (clock.nowUs() - startedUs) / 1e3, steady: steady.signal.aborted, windows };
}

function warmUpPlan(plan: GeneratorPlan): GeneratorPlan {
  const changed = {
    ...plan,
    durationMs: MAX_MS,
    keys: unshifted(plan.keys),
    seed: plan.seed + 1,
    rankSeed: plan.seed,
    windowMs: null,
    progressEveryMs: WINDOW_MS,
  };
  if (plan.load.model === 'closed') return changed;
  const { phases: _, ...load } = plan.load;
  // An attack begins with the storm, and rows are inserted then: the honest readers warm up alone.
  const honest = plan.streams?.find(({ name }) => name === HONEST_STREAM);
  if (honest === undefined) return { ...changed, load };
  return {
    ...changed,
    load: { ...load, ratePerSec: load.ratePerSec * honest.share },
    streams: [{ ...honest, keys: unshifted(honest.keys) }],
  };
}

/** Shifts are the storm's: it begins with the popularity that the cache is filled for. */
function unshifted<Keys extends StreamKeys>(keys: Keys): Keys {
  if (keys.kind !== 'zipf') return keys;
  const { shiftEvery: _, ...same } = keys;
  return same as Keys;
}
