import { pickFreePort } from '../../infra/ports.ts';
import { type Generator, startGenerator } from '../load/generator.ts';
import type { PlannedScenario, PlannedStrategy, Trial } from '../plan/plan.ts';
import { type ServiceInstance, startInstance } from '../service/instance.ts';
import type { TrialSite } from './site.ts';
import { allStarted, sharedConfig, sharedSite } from './strategy-processes.ts';

/** Starts everything at once; what did start is disposed of even when another part fails. */
export async function startAll(
  trial: Trial,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
  cleanUp: AsyncDisposableStack,
): Promise<[Generator, ...ServiceInstance[]]> {
  const { service } = planned.scenario;
  const kept = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> =>
    cleanUp.use(await starting);
  const shared = { ...sharedSite(planned, strategy, site), databaseUrl: site.databaseUrl };
  const places = await placesOf(service.instances, shared.accounts !== null);
  return allStarted<[Generator, ...ServiceInstance[]]>([
    kept(startGenerator(shared)),
    ...places.map((place, instance) => {
      const config = {
        ...sharedConfig(planned, strategy, site),
        stepDelayMs: service.stepDelayMs,
        seed: trial.seed + instance,
      };
      return kept(startInstance({ ...shared, ...place, config }));
    }),
  ]);
}

/** The port of each instance; where none can be killed, it is the kernel's to choose. */
async function placesOf(instances: number, mortal: boolean): Promise<{ readonly port?: number }[]> {
  if (!mortal) return Array.from({ length: instances }, () => ({}));
  const ports = new Set<number>();
  while (ports.size < instances) ports.add(await pickFreePort());
  return [...ports].map((port) => ({ port }));
}
