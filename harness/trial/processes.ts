import { pickFreePort } from '../../infra/ports.ts';
import { type Generator, startGenerator } from '../load/generator.ts';
import type { PlannedScenario, PlannedStrategy, Trial } from '../plan/plan.ts';
import { type Afterlife, type ServiceInstance, startInstance } from '../service/instance.ts';
import type { TrialSite } from './site.ts';

/** Starts everything at once; what did start is disposed of even when another part fails. */
export async function startAll(
  trial: Trial,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
  cleanUp: AsyncDisposableStack,
): Promise<[Generator, ...ServiceInstance[]]> {
  const { scenario } = planned;
  const kept = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> =>
    cleanUp.use(await starting);
  const { onProcess } = site;
  const env = { ...process.env, ...site.env };
  const broker = strategy.broker === true ? site.relays.broker : null;
  const afterlives = await afterlivesOf(planned, site);
  const starting = [
    kept(startGenerator({ env, onProcess })),
    ...afterlives.map((afterlife, instance) => {
      const config = {
        strategy: strategy.reference,
        parameters: strategy.parameters,
        ttlMs: scenario.cache.ttlMs,
        queryMs: scenario.origin.queryMs,
        poolSize: scenario.origin.poolSize,
        stepDelayMs: scenario.service.stepDelayMs,
        keyPrefix: site.keyPrefix,
        ...(broker === null ? {} : { queuePrefix: broker.prefix }),
        seed: trial.seed + instance,
      };
      const { redisUrl, databaseUrl } = site;
      const brokerUrl = broker?.url ?? null;
      return kept(startInstance({ env, onProcess, redisUrl, databaseUrl, brokerUrl, config }, afterlife));
    }),
  ] as [Promise<Generator>, ...Promise<ServiceInstance>[]];
  // All of them settle before an error leaves, so that none starts after its clean-up.
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(starting) as Promise<[Generator, ...ServiceInstance[]]>;
}

/** For each instance; `null` in a storm that kills none. */
async function afterlivesOf(
  { scenario }: PlannedScenario,
  { folder }: TrialSite,
): Promise<(Afterlife | null)[]> {
  const { instances } = scenario.service;
  if (!scenario.faults.some(({ kind }) => kind === 'kill'))
    return Array.from({ length: instances }, () => null);
  const ports = new Set<number>();
  while (ports.size < instances) ports.add(await pickFreePort());
  return [...ports].map((port) => ({ port, accounts: folder }));
}
