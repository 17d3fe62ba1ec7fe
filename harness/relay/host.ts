import { forPeople } from '../../infra/external/credentials.ts';
import type { Relay } from '../../scenarios/strategies/relay.ts';
import type { RelayDefinition, WriteStrategyDefinition } from '../../scenarios/strategies/write-strategy.ts';
import { findStrategy } from '../catalog/strategies.ts';
import { changeLog } from '../change-log/change-log.ts';
import { keepAccount } from '../process/account-file.ts';
import { inTime } from '../process/in-time.ts';
import { type ConnectedQueue, connectQueue } from '../queue/queue.ts';
import { BarrierBoard } from '../service/barrier-board.ts';
import { connectRedis, noQueue, strategyContext } from '../service/context.ts';
import { connectOrigin } from '../service/origin.ts';
import { delayedBarrier } from '../service/step-delay.ts';
import { systemClock } from '../time/clock.ts';
import { deriveSeed, seededRandom } from '../time/random.ts';
import { databaseOutbox } from './database-outbox.ts';
import { LagRecorder } from './lag-recorder.ts';
import type { RelayBacklog, RelayConfig, RelayReport } from './protocol.ts';

/** Of each place: less than the harness waits for an answer, or it would take a silent server for a hung relay. */
const BACKLOG_WITHIN_MS = 4_000;

export interface RelayServers {
  readonly redisUrl: string;
  /** Of the user `relay`. */
  readonly databaseUrl: string;
  /** `null` where the strategy declares no queue. */
  readonly brokerUrl: string | null;
}

/** A relay at work, with all that it stands on. Disposing it ends its work where it is. */
export interface RelayHost extends AsyncDisposable {
  readonly board: BarrierBoard;
  readonly lag: LagRecorder;
  report(): RelayReport;
  /** What still lies before it. */
  backlog(): Promise<RelayBacklog>;
}

/** Makes one of a strategy's relays, and resolves once it takes part. */
export async function hostRelay(config: RelayConfig, servers: RelayServers): Promise<RelayHost> {
  const { parameters, index } = config;
  const { definition, relay: made } = await findRelay(config);
  const { databaseUrl, brokerUrl } = servers;
  const ended = new AbortController();
  const { signal } = ended;
  const clock = systemClock;
  const board = new BarrierBoard();
  let applied = 0;
  let backgroundErrors = 0;
  let lastError: string | null = null;
  let queue: ConnectedQueue | null = null;
  const onBackgroundError = (error: unknown) => {
    backgroundErrors++;
    lastError = forPeople(String(error));
  };
  const onCount = config.accountFile === undefined ? () => {} : keepAccount(config.accountFile, report);

  await using starting = new AsyncDisposableStack();
  starting.defer(() => ended.abort());
  const lag = starting.use(new LagRecorder());
  const redis = starting.adopt(connectRedis(servers.redisUrl), (client) => client.disconnect());
  await redis.connect();
  const { queryMs, poolSize } = config;
  const origin = starting.use(connectOrigin({ url: databaseUrl, queryMs, poolSize, clock, onCount }));
  const outbox = starting.use(databaseOutbox(databaseUrl, onCount));
  const relayName = `${config.relay}-${index}`;
  const { positionFile } = config;
  const changes = starting.use(
    changeLog({ url: databaseUrl, relay: relayName, positionFile, clock, signal, onBackgroundError }),
  );
  const shape = definition.queue?.(parameters);
  if (shape !== undefined) {
    if (brokerUrl === null) throw new Error(`${definition.name} needs a broker`);
    const options = { url: brokerUrl, shape, consumer: index, clock, signal, onBackgroundError, onCount };
    const prefix = config.queuePrefix === undefined ? {} : { prefix: config.queuePrefix };
    queue = starting.use(await connectQueue({ ...options, ...prefix }));
  }
  const steps = seededRandom(deriveSeed(config.seed, 'steps'));
  const context = strategyContext({
    redis,
    origin,
    clock,
    random: seededRandom(config.seed),
    signal,
    ttlMs: config.ttlMs,
    keyPrefix: config.keyPrefix,
    onBackgroundError,
    barrier: delayedBarrier(board.barrier, config.stepDelayMs, steps, clock),
  });
  const relay: Relay = made.create(
    {
      ...context,
      queue: queue ?? noQueue,
      outbox,
      changes,
      applied(change) {
        applied++;
        lag.record(change, clock.nowUs());
        onCount();
      },
    },
    parameters,
  );
  await relay.start();
  // Whoever is killed before its first change leaves an account, too.
  onCount();

  function report(): RelayReport {
    const { user, system } = process.cpuUsage();
    const { position } = changes.status;
    return {
      applied,
      dbReads: origin.stats.reads + outbox.stats.reads,
      dbWrites: origin.stats.writes + outbox.stats.writes,
      dbInFlight: origin.stats.inFlight + outbox.stats.inFlight,
      dbErrors: origin.stats.errors,
      dbErrorCodes: Object.fromEntries(origin.stats.errorCodes),
      backgroundErrors,
      lastError,
      cpuUs: user + system,
      ...(queue === null ? {} : { queue: { ...queue.counters } }),
      ...(position === null ? {} : { log: changes.status }),
    };
  }

  async function backlog(): Promise<RelayBacklog> {
    const late = () => new Error(`no answer within ${BACKLOG_WITHIN_MS / 1000} s`);
    const asked = async <T>(asking: Promise<T>): Promise<T | null> => {
      try {
        return await inTime(asking, BACKLOG_WITHIN_MS, late);
      } catch (error) {
        onBackgroundError(error);
        return null;
      }
    };
    const isEmpty = outbox.stats.reads === 0 ? true : await asked(outbox.isEmpty());
    return {
      queue: queue === null ? 0 : await asked(queue.waiting()),
      outbox: isEmpty === null ? null : !isEmpty,
      own: relay.waiting === undefined ? 0 : await asked(relay.waiting()),
    };
  }

  const cleanUp = starting.move();
  return { board, lag, report, backlog, [Symbol.asyncDispose]: () => cleanUp.disposeAsync() };
}

async function findRelay({ strategy, relay: name, parameters }: RelayConfig): Promise<{
  readonly definition: WriteStrategyDefinition;
  readonly relay: RelayDefinition;
}> {
  const definition = await findStrategy(strategy);
  if (definition.kind !== 'write') throw new Error(`${definition.name} is no way to write`);
  const relay = definition.relays?.(parameters).find((candidate) => candidate.name === name);
  if (relay === undefined) throw new Error(`${definition.name} has no relay ${name}`);
  return { definition, relay };
}
