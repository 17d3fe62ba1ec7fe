import { fileURLToPath } from 'node:url';
import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import { type ExitState, ForkedProcess } from '../forked-process.ts';
import type {
  AppliedChange,
  RelayBacklog,
  RelayCommand,
  RelayConfig,
  RelayEnvironment,
  RelayLag,
  RelayMessage,
  RelayReport,
} from './protocol.ts';

/** A relay process could not start, or ended while it was needed. */
export class RelayLostError extends Error {
  readonly code = 'E_RELAY_LOST';
  override readonly name = 'RelayLostError';

  constructor(relay: string, { code, signal }: ExitState, stderr: string, cause?: unknown) {
    const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
    super(
      `the relay ${relay} ended (${how})${stderr === '' ? '' : `: ${stderr}`}`,
      cause === undefined ? {} : { cause },
    );
  }
}

export interface RelayProcess extends AsyncDisposable {
  /** Asks the process for its own account. One question at a time, as are all others. */
  report(): Promise<RelayReport>;
  /** What still lies before it. */
  backlog(): Promise<RelayBacklog>;
  /** How late changes came since `stormStarts`, and in which order. */
  lag(): Promise<{ readonly lag: RelayLag; readonly changes: readonly AppliedChange[] }>;
  /** Tells the process that lags count from now on. */
  stormStarts(): void;
  /**
   * Has it stop whoever comes to a barrier from now on, and resolves once somebody waits there: with `false` when
   * it was released before. No other question is answered until then.
   */
  hold(barrier: BarrierName): Promise<boolean>;
  /** Lets go on whoever is held, and has nobody held any more. */
  release(): void;
}

export interface RelayOptions {
  readonly config: RelayConfig;
  readonly redisUrl: string;
  /** Of the user `relay`. */
  readonly databaseUrl: string;
  /** `null` where the strategy declares no queue. */
  readonly brokerUrl: string | null;
  /** The rest of the process's environment; carries the run's marker. */
  readonly env: NodeJS.ProcessEnv;
  /** Told the process group as soon as it exists. */
  readonly onProcess: (processGroup: number) => void;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Starts a relay and resolves once it takes part. Disposing it is SIGKILL, and waits until it was seen to end.
 *
 * @throws RelayLostError when the process ends first, with what it said.
 */
export async function startRelay(options: RelayOptions): Promise<RelayProcess> {
  const { config, brokerUrl } = options;
  const environment: RelayEnvironment = {
    REDIS_URL: options.redisUrl,
    MYSQL_URL: options.databaseUrl,
    ...(brokerUrl === null ? {} : { AMQP_URL: brokerUrl }),
    CACHESTORM_RELAY: JSON.stringify(config),
  };
  const { child } = await ForkedProcess.start<RelayCommand, RelayMessage, void>(
    {
      entry: MAIN,
      env: { ...options.env, ...environment, NODE_ENV: 'production' },
      onProcess: options.onProcess,
      // Both ends are ours and of one version; a message of another shape can't come.
      parse: (raw) => raw as RelayMessage,
      lost: (exit, stderr, cause) =>
        new RelayLostError(`${config.relay}-${config.index}`, exit, stderr, cause),
    },
    (message, { resolve }) => {
      if (message.type === 'ready') resolve();
    },
  );
  return {
    report: () =>
      child.exchange<RelayReport>(
        (message, { resolve }) => {
          if (message.type === 'report') resolve(message.report);
        },
        { type: 'report' },
      ),
    backlog: () =>
      child.exchange<RelayBacklog>(
        (message, { resolve }) => {
          if (message.type === 'backlog') resolve(message.backlog);
        },
        { type: 'backlog' },
      ),
    lag: () =>
      child.exchange<Awaited<ReturnType<RelayProcess['lag']>>>(
        (message, { resolve }) => {
          if (message.type === 'lag') resolve({ lag: message.lag, changes: message.changes });
        },
        { type: 'lag' },
      ),
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
