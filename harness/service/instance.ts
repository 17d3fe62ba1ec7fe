import { fileURLToPath } from 'node:url';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { ANSWER_WITHIN_MS, ForkedProcess, type ReadyProcess } from '../process/forked-process.ts';
import { ProcessLostError } from '../process/process-lost-error.ts';
import { startSuccession } from '../process/succession.ts';
import type { ServiceCommand, ServiceMemory, ServiceMessage, ServiceReport } from './protocol.ts';
import {
  environmentOf,
  type StrategyProcess,
  type StrategySite,
  strategyProcess,
} from './strategy-process.ts';
import type { StrategyConfig } from './strategy-protocol.ts';
import { totalReport } from './total-report.ts';

/** A service process could not start, ended while it was needed, or did not answer any more. */
export class ServiceLostError extends ProcessLostError {
  readonly code = 'E_SERVICE_LOST';
  override readonly name = 'ServiceLostError';
}

/** A service could not fill its cache. */
export class ServicePreloadError extends CachestormError {
  readonly code = 'E_SERVICE_PRELOAD';
  readonly failure = 'inconclusive';
  override readonly name = 'ServicePreloadError';
}

export interface ServiceInstance extends StrategyProcess<ServiceReport> {
  /** Base URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Has it collect its garbage, and say what it holds. */
  memory(): Promise<ServiceMemory>;
  /**
   * Has it put all rows of the database into the cache.
   *
   * @throws ServicePreloadError
   */
  preload(): Promise<void>;
  /** Has it drop the loads that still wait for a connection. */
  abandon(): void;
}

export interface InstanceOptions extends StrategySite {
  readonly config: StrategyConfig;
  /**
   * Where it listens from the first process to the last. One that can be killed needs one, and none of those that the
   * kernel gives to outgoing connections: while nobody listens a client of the load could be given it.
   *
   * @default one that the kernel chooses
   */
  readonly port?: number;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Starts an instance of the service and resolves once it listens.
 *
 * @throws ServiceLostError when the process ends first, or is not ready in time, with what it said.
 */
export async function startInstance({
  config,
  port = 0,
  ...site
}: InstanceOptions): Promise<ServiceInstance> {
  const place = await startSuccession<ReadyProcess<ServiceCommand, ServiceMessage>, ServiceReport>(
    (account) =>
      ForkedProcess.start({
        entry: MAIN,
        env: {
          ...environmentOf(site),
          PORT: String(port),
          CACHESTORM_SERVICE: JSON.stringify({ ...config, ...account }),
        },
        onProcess: site.onProcess,
        signal: site.signal,
        lost: (ending) => new ServiceLostError(`the service of ${config.strategy}`, ending),
      }),
    site.accounts,
  );
  return {
    ...strategyProcess(place, totalReport),
    url: `http://127.0.0.1:${place.living.ready.port}`,
    memory: async () => (await place.living.ask('memory')).memory,
    async preload() {
      // A batch waits for a query of the modelled cost.
      const asking = { withinMs: ANSWER_WITHIN_MS + config.queryMs };
      const answer = await place.living.firstOf(['preloaded', 'error'], { type: 'preload' }, asking);
      if (answer.type === 'error') throw new ServicePreloadError(answer.message);
    },
    abandon: () => place.living.send({ type: 'abandon' }),
  };
}
