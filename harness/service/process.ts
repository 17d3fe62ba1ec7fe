import { fileURLToPath } from 'node:url';
import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import { type ExitState, ForkedProcess } from '../forked-process.ts';
import type {
  ServiceCommand,
  ServiceConfig,
  ServiceEnvironment,
  ServiceMemory,
  ServiceMessage,
  ServiceReport,
} from './protocol.ts';

/** A service process could not start, or ended while it was needed. */
export class ServiceLostError extends Error {
  readonly code = 'E_SERVICE_LOST';
  override readonly name = 'ServiceLostError';

  constructor({ code, signal }: ExitState, stderr: string, cause?: unknown) {
    const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
    super(
      `the service ended (${how})${stderr === '' ? '' : `: ${stderr}`}`,
      cause === undefined ? {} : { cause },
    );
  }
}

/** A service could not fill its cache. */
export class ServicePreloadError extends Error {
  readonly code = 'E_SERVICE_PRELOAD';
  override readonly name = 'ServicePreloadError';
}

export interface ServiceProcess extends AsyncDisposable {
  /** Base URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Asks the process for its own account. One question at a time. */
  report(): Promise<ServiceReport>;
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
  /** Tells the process that what it measures of itself counts from now on. */
  stormStarts(): void;
  /**
   * Has it stop whoever comes to a barrier from now on, and resolves once somebody waits there: with `false` when
   * it was released before. No other question is answered until then.
   */
  hold(barrier: BarrierName): Promise<boolean>;
  /** Lets go on whoever is held, and has nobody held any more. */
  release(): void;
}

export interface ServiceOptions {
  readonly config: ServiceConfig;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** @default none: the strategy declares no queue */
  readonly brokerUrl?: string | null;
  /** The rest of the process's environment; carries the run's marker. */
  readonly env: NodeJS.ProcessEnv;
  /** Told the process group as soon as it exists. */
  readonly onProcess: (processGroup: number) => void;
  /** @default one that the kernel chooses */
  readonly port?: number;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Starts one instance and resolves once it listens. Disposing it is SIGKILL, and waits until it was seen to end.
 *
 * @throws ServiceLostError when the process ends first, with what it said.
 */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const environment: ServiceEnvironment = {
    PORT: String(options.port ?? 0),
    REDIS_URL: options.redisUrl,
    MYSQL_URL: options.databaseUrl,
    ...(options.brokerUrl == null ? {} : { AMQP_URL: options.brokerUrl }),
    CACHESTORM_SERVICE: JSON.stringify(options.config),
  };
  const { child, ready: port } = await ForkedProcess.start<ServiceCommand, ServiceMessage, number>(
    {
      entry: MAIN,
      env: { ...options.env, ...environment, NODE_ENV: 'production' },
      onProcess: options.onProcess,
      // Both ends are ours and of one version; a message of another shape can't come.
      parse: (raw) => raw as ServiceMessage,
      lost: (exit, stderr, cause) => new ServiceLostError(exit, stderr, cause),
    },
    (message, { resolve }) => {
      if (message.type === 'ready') resolve(message.port);
    },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    report: () =>
      child.exchange<ServiceReport>(
        (message, { resolve }) => {
          if (message.type === 'report') resolve(message.report);
        },
        { type: 'report' },
      ),
    memory: () =>
      child.exchange<ServiceMemory>(
        (message, { resolve }) => {
          if (message.type === 'memory') resolve(message.memory);
        },
        { type: 'memory' },
      ),
    preload: () =>
      child.exchange<void>(
        (message, { resolve, reject }) => {
          if (message.type === 'preloaded') resolve();
          if (message.type === 'error') reject(new ServicePreloadError(message.message));
        },
        { type: 'preload' },
      ),
    abandon: () => child.send({ type: 'abandon' }),
    stormStarts: () => child.send({ type: 'storm-starts' }),
    hold: (barrier) =>
      child.exchange<boolean>(
        (message, { resolve }) => {
          if (message.type === 'held') resolve(true);
          if (message.type === 'released') resolve(false);
        },
        { type: 'hold', barrier },
      ),
    release: () => child.send({ type: 'release' }),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
