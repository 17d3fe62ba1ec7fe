import type { PlannedScenario, PlannedStrategy } from '../plan/plan.ts';
import type { StrategySite } from '../service/strategy-process.ts';
import type { StrategyConfig } from '../service/strategy-protocol.ts';
import type { Broker, TrialSite } from './site.ts';

/** What all processes of a strategy are told alike. */
export function sharedConfig(
  { scenario }: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
): Omit<StrategyConfig, 'stepDelayMs' | 'seed'> {
  const broker = brokerOf(strategy, site);
  return {
    strategy: strategy.reference,
    parameters: strategy.parameters,
    ttlMs: scenario.cache.ttlMs,
    queryMs: scenario.origin.queryMs,
    poolSize: scenario.origin.poolSize,
    keyPrefix: site.keyPrefix,
    ...(broker === null ? {} : { queuePrefix: broker.prefix }),
  };
}

/** Where they work; services and relays have a database user each. */
export function sharedSite(
  { scenario }: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
): Omit<StrategySite, 'databaseUrl'> {
  return {
    redisUrl: site.redisUrl,
    brokerUrl: brokerOf(strategy, site)?.url ?? null,
    env: { ...process.env, ...site.env },
    onProcess: site.onProcess,
    signal: site.signal,
    accounts: scenario.faults.some(({ kind }) => kind === 'kill') ? site.folder : null,
  };
}

function brokerOf({ broker }: PlannedStrategy, { relays }: TrialSite): Broker | null {
  return broker === true ? relays.broker : null;
}

/** All of them settle before an error leaves, so that none starts after its clean-up. */
export async function allStarted<Processes extends readonly unknown[]>(
  starting: {
    readonly [N in keyof Processes]: Promise<Processes[N]>;
  },
): Promise<Processes> {
  await Promise.allSettled(starting);
  return (await Promise.all(starting)) as unknown as Processes;
}
