import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import type { Asking } from '../process/forked-process.ts';
import type { Succession } from '../process/succession.ts';
import type { ServerEnvironment, StrategyCommand, StrategyMessage } from './strategy-protocol.ts';

/**
 * One place of a strategy in the run: a process that carries it out, or a part of it, and its successors when it is
 * killed. Disposing it is SIGKILL, and waits until it was seen to end.
 */
export interface StrategyProcess<Report> extends AsyncDisposable {
  /** Its own account, those of the killed included. One question at a time, as are all others. */
  report(): Promise<Report>;
  /** Tells the process that what it measures of itself counts from now on. */
  stormStarts(): void;
  /**
   * Has it stop whoever comes to a barrier from now on, and resolves once somebody waits there: with `false` when
   * it was released before. No other question is answered until then.
   */
  hold(barrier: BarrierName): Promise<boolean>;
  /** Lets go on whoever is held, and has nobody held any more. */
  release(): void;
  /** SIGKILL; resolves once the process was seen to end. */
  kill(): Promise<void>;
  /**
   * Starts another in the place of the killed one, and resolves once it is ready.
   *
   * @throws ProcessLostError
   */
  restart(): Promise<void>;
}

/** Where a strategy's processes work. */
export interface StrategySite {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** `null` where the strategy declares no queue. */
  readonly brokerUrl: string | null;
  /** The rest of the process's environment; carries the run's marker. */
  readonly env: NodeJS.ProcessEnv;
  /** Told the process group as soon as it exists. */
  readonly onProcess: (processGroup: number) => void;
  /** Aborted, those that are not ready yet are ended. */
  readonly signal?: AbortSignal;
  /** A directory of this run's own for the accounts of killed processes. `null`: none can be killed. */
  readonly accounts: string | null;
}

/** What any process of a strategy understands. */
interface Channel<Report> extends AsyncDisposable {
  ask(type: 'report'): Promise<Extract<StrategyMessage<Report>, { type: 'report' }>>;
  firstOf<Type extends 'held' | 'released'>(
    types: readonly Type[],
    ask: StrategyCommand,
    asking: Asking,
  ): Promise<{ readonly type: Type }>;
  send(command: StrategyCommand): void;
  hurry(): void;
}

/** @param total Adds the accounts of those that were killed to that of the living one. */
export function strategyProcess<Report>(
  place: Succession<Channel<Report>, Report>,
  total: (living: Report, ended: readonly Report[]) => Report,
): StrategyProcess<Report> {
  return {
    report: async () => total((await place.living.ask('report')).report, place.ended),
    stormStarts: () => place.living.send({ type: 'storm-starts' }),
    async hold(barrier) {
      // Nobody may come before `release` is called; then the answer has to come.
      const asking = { withinMs: Number.POSITIVE_INFINITY };
      const { type } = await place.living.firstOf(['held', 'released'], { type: 'hold', barrier }, asking);
      return type === 'held';
    },
    release() {
      place.living.send({ type: 'release' });
      place.living.hurry();
    },
    kill: () => place.kill(),
    restart: () => place.restart(),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

/** The environment of such a process, but for its configuration. */
export function environmentOf({ env, redisUrl, databaseUrl, brokerUrl }: StrategySite): NodeJS.ProcessEnv {
  const servers: ServerEnvironment = {
    REDIS_URL: redisUrl,
    MYSQL_URL: databaseUrl,
    ...(brokerUrl === null ? {} : { AMQP_URL: brokerUrl }),
  };
  return { ...env, ...servers, NODE_ENV: 'production' };
}
