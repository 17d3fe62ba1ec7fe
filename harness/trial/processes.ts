import { type Generator, startGenerator } from '../load/generator.ts';
import type { PlannedScenario, PlannedStrategy, Trial } from '../plan/plan.ts';
import { type ServiceProcess, startService } from '../service/process.ts';
import { KEY_PREFIX, type TrialSite } from './site.ts';

/** Starts everything at once; what did start is disposed of even when another part fails. */
export async function startAll(
  trial: Trial,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
  cleanUp: AsyncDisposableStack,
): Promise<[Generator, ...ServiceProcess[]]> {
  const { scenario } = planned;
  const kept = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> =>
    cleanUp.use(await starting);
  const { onProcess } = site;
  const env = { ...process.env, ...site.env };
  const starting = [
    kept(startGenerator({ env, onProcess })),
    ...Array.from({ length: scenario.service.instances }, (_, instance) =>
      kept(
        startService({
          env,
          onProcess,
          redisUrl: site.redisUrl,
          databaseUrl: site.databaseUrl,
          config: {
            strategy: strategy.reference,
            parameters: strategy.parameters,
            ttlMs: scenario.cache.ttlMs,
            queryMs: scenario.origin.queryMs,
            poolSize: scenario.origin.poolSize,
            keyPrefix: KEY_PREFIX,
            seed: trial.seed + instance,
          },
        }),
      ),
    ),
  ] as [Promise<Generator>, ...Promise<ServiceProcess>[]];
  // All of them settle before an error leaves, so that none starts after its clean-up.
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(starting) as Promise<[Generator, ...ServiceProcess[]]>;
}
