import type { Redis } from 'ioredis';
import { systemClock } from '../../harness/time/clock.ts';
import { parseRedisAddress } from '../address/redis-address.ts';
import { redisClient } from '../address/redis-client.ts';
import { tlsOptions } from '../address/tls-options.ts';
import type { Backend, Finding, Needs, StartContext, StartedBackend, Topology } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { type Attempt, connectFailure } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { reachAny } from './reach.ts';
import { nodeFor, oneSlotPrefix } from './redis/cluster.ts';
import { examineRedis, factsOf, type RedisFacts, type RedisPlace, takenBy } from './redis/examine.ts';
import { removeKeys } from './redis/keyspace.ts';
import { isAlive, lifeline, markerKey, readMarker, setMarker } from './redis/marker.ts';
import { type RedisRemains, remove } from './redis/removal.ts';
import { settingUp } from './setting-up.ts';
import { within } from './within.ts';

export interface ExternalRedisOptions {
  /** See `RedisAddress`. */
  readonly url: string;
  /** Of every key of the run. With one of the user's own, the database may hold keys that do not begin with it. */
  readonly keyPrefix?: string | undefined;
  readonly needs: Needs;
}

const KEY_PREFIX = 'cachestorm:';
const CONNECT_MS = 5_000;
const COMMAND_MS = 10_000;
const REMOVAL = new URL('./redis/removal.ts', import.meta.url).href;

/**
 * The user's own Redis, of which a run uses the keys of one prefix and no others: none may be there when it starts, and
 * none is when it ends. In a cluster they lie on one node.
 *
 * @throws AddressError
 */
export function externalRedis({ url, keyPrefix, needs }: ExternalRedisOptions): Backend {
  const address = parseRedisAddress(url);
  if (address.tls) tlsOptions(address.query);
  const prefix =
    address.kind === 'cluster' ? oneSlotPrefix(keyPrefix ?? KEY_PREFIX) : (keyPrefix ?? KEY_PREFIX);
  const [first] = address.hosts;
  const attempt: Attempt = {
    variable: 'REDIS_URL',
    at: `${first?.host}:${first?.port}`,
    product: 'a Redis',
    tls: address.tls,
    schemes: { plain: 'redis://', tls: 'rediss://' },
  };
  const place: RedisPlace = {
    server: `${attempt.variable} (${attempt.at})`,
    prefix,
    prefixGiven: keyPrefix !== undefined,
    database: address.database,
    kind: address.kind,
    needs,
  };

  /** @throws UnfitServersError */
  async function connect(): Promise<{ readonly redis: Redis; readonly url: string }> {
    try {
      await reachAny(address.hosts);
      const server = address.kind === 'cluster' ? await nodeFor(address, prefix) : url;
      return { redis: await connectOnce(server), url: server };
    } catch (error) {
      throw new UnfitServersError([connectFailure(attempt, error)]);
    }
  }

  async function examine(): Promise<readonly Finding[]> {
    try {
      const { redis } = await connect();
      try {
        const findings = await examineRedis(redis, place);
        // So that it is gone when its clients are counted.
        await redis.quit();
        return findings;
      } finally {
        redis.disconnect();
      }
    } catch (error) {
      if (error instanceof UnfitServersError) return error.findings;
      return [connectFailure(attempt, error)];
    }
  }

  return {
    kind: 'redis',
    examine,
    async start(context) {
      const findings = await examine();
      if (findings.length > 0) throw new UnfitServersError(findings);
      context.signal.throwIfAborted();
      const { redis, url: server } = await connect();
      await redis.quit();
      const remains = { url: server, prefix, runId: context.runId };
      return settingUp(place.server, secretsIn([url]), context.signal, () => claim(remains, place, context));
    },
  };
}

/** Takes possession of the prefix, over what a dead run has left there. */
async function claim(
  remains: RedisRemains,
  place: RedisPlace,
  context: StartContext,
): Promise<StartedBackend> {
  const { url, prefix, runId } = remains;
  await using starting = new AsyncDisposableStack();
  const settings = { commandTimeout: COMMAND_MS, connectTimeout: CONNECT_MS };
  const redis = starting.adopt(redisClient(url, settings), (client) => client.disconnect());
  const listener = starting.adopt(redisClient(url, settings), (client) => client.disconnect());
  await redis.connect();
  const facts = factsOf(await redis.info());
  await listener.connect();
  await listener.subscribe(lifeline(prefix, runId));
  const released = context.onRemains({ module: REMOVAL, data: remains });
  starting.defer(() => remove(remains).then(released));
  const marker = { runId, startedAt: new Date(systemClock.wallMs()).toISOString() };
  while (!(await setMarker(redis, prefix, marker))) {
    // What was examined a moment ago is what a dead run has left, unless another run was faster.
    const found = await readMarker(redis, prefix);
    if (found === null || (await isAlive(redis, prefix, found)))
      throw new UnfitServersError([takenBy(place, found)]);
    await remove({ ...remains, runId: found.runId });
  }
  return new ExternalRedis(remains, facts, place, redis, starting.move());
}

class ExternalRedis implements StartedBackend {
  readonly kind = 'redis';
  readonly product: string;
  readonly version: string;
  readonly prefix: string;
  readonly otherClients: number;
  readonly topology?: Topology;
  readonly #url: string;
  readonly #redis: Redis;
  readonly #cleanUp: AsyncDisposableStack;
  #disposal: Promise<void> | undefined;

  constructor(
    { url, prefix }: RedisRemains,
    { product, version, clients }: RedisFacts,
    { kind }: RedisPlace,
    redis: Redis,
    cleanUp: AsyncDisposableStack,
  ) {
    this.product = product;
    this.version = version;
    this.prefix = prefix;
    if (kind !== 'server') this.topology = kind;
    // But for the one that asked.
    this.otherClients = Math.max(0, clients - 1);
    this.#url = url;
    this.#redis = redis;
    this.#cleanUp = cleanUp;
  }

  url(): string {
    return this.#url;
  }

  kill = () => this.#refuse('kill');
  pause = () => this.#refuse('pause');
  resume = () => this.#refuse('resume');
  restart = () => this.#refuse('restart');

  async flush(): Promise<void> {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await removeKeys(this.#redis, this.prefix, [markerKey(this.prefix)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#cleanUp.disposeAsync();
    return this.#disposal;
  }

  async #refuse(action: string): Promise<never> {
    throw new BackendControlError(this.product, action);
  }
}

/** Without trying again; rejects with what was wrong first. */
async function connectOnce(url: string): Promise<Redis> {
  const redis = redisClient(url, {
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    retryStrategy: null,
    sentinelRetryStrategy: () => null,
  });
  let failure: unknown;
  redis.on('error', (error) => {
    failure ??= error;
  });
  try {
    await within(CONNECT_MS * 2, redis.connect());
    await redis.ping();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw failure ?? error;
  }
}
