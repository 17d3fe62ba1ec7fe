import type { Redis } from 'ioredis';
import { systemClock } from '../../harness/time/clock.ts';
import { parseRedisAddress } from '../address/redis-address.ts';
import { redisClient } from '../address/redis-client.ts';
import { tlsOptions } from '../address/tls-options.ts';
import type { Backend, Finding, Needs, StartContext, StartedBackend, Topology } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { type Attempt, connectFailure } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { type Held, Hold, type Lease } from './hold.ts';
import { reachAny } from './reach.ts';
import { nodeFor, oneSlotPrefix } from './redis/cluster.ts';
import { connectOnce } from './redis/connect-once.ts';
import { examineRedis, factsOf, type RedisFacts, type RedisPlace, takenBy } from './redis/examine.ts';
import { observeKeyEvents } from './redis/key-events.ts';
import { removeKeys } from './redis/keyspace.ts';
import { listen, type RedisPossession } from './redis/lease.ts';
import { isAlive, type Marker, markerKey, readMarker, setMarker, takeOver } from './redis/marker.ts';
import { misnamed } from './redis/misnamed.ts';
import { remove } from './redis/removal.ts';
import { noRoom } from './redis/rights.ts';
import { settingUp } from './setting-up.ts';

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
    attempt,
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
      const named = await misnamed(address, { server: place.server, variable: attempt.variable }, error);
      throw new UnfitServersError([named ?? connectFailure(attempt, error)]);
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
      const run = { url: server, prefix, runId: context.runId };
      return settingUp(place.server, secretsIn([url]), context.signal, () => claim(run, place, context));
    },
  };
}

/** Takes possession of the prefix, over what a dead run has left there. */
async function claim(
  run: RedisPossession,
  place: RedisPlace,
  context: StartContext,
): Promise<StartedBackend> {
  const { url, prefix, runId } = run;
  await using starting = new AsyncDisposableStack();
  const settings = { commandTimeout: COMMAND_MS, connectTimeout: CONNECT_MS };
  const redis = starting.adopt(redisClient(url, settings), (client) => client.disconnect());
  await redis.connect();
  const facts = factsOf(await redis.info());
  const lease = starting.use(await listen(run));
  const released = context.onRemains({ module: REMOVAL, data: run });
  starting.defer(() => remove(run).then(released));
  const marker = { runId, startedAt: new Date(systemClock.wallMs()).toISOString() };
  await takePossession(redis, place, marker);
  if (place.needs.keyEvents) {
    const { server } = place;
    const silent = await observeKeyEvents(redis, { url, key: `${prefix}announced`, server });
    if (silent.length > 0) throw new UnfitServersError(silent);
  }
  const hold = starting.use(
    new Hold(lease, {
      clock: systemClock,
      server: place.server,
      what: `the keys ${prefix}*`,
      take: () => takeAgain(redis, run, place, marker),
      explain: (error) => connectFailure(place.attempt, error),
      onLost: context.onLost,
    }),
  );
  return new ExternalRedis(run, place, facts, { redis, hold, cleanUp: starting.move() });
}

/** @throws UnfitServersError when another run was faster, or there is no room for the marker */
async function takePossession(redis: Redis, place: RedisPlace, marker: Marker): Promise<void> {
  const { prefix, server } = place;
  for (;;) {
    try {
      if (await setMarker(redis, prefix, marker)) return;
    } catch (error) {
      // Others may have filled it since it was examined.
      if (!/\bOOM\b/.test(String(error))) throw error;
      throw new UnfitServersError([noRoom(server, await redis.info('memory'))]);
    }
    // What was examined a moment ago is what a dead run has left, unless another run was faster.
    const found = await readMarker(redis, prefix);
    if (found === null || (await isAlive(redis, prefix, found)))
      throw new UnfitServersError([takenBy(place, found)]);
    if (!(await takeOver(redis, prefix, found, marker))) continue;
    return removeKeys(redis, prefix, [markerKey(prefix)]);
  }
}

/** @throws UnfitServersError when another run has the prefix */
async function takeAgain(
  redis: Redis,
  run: RedisPossession,
  place: RedisPlace,
  marker: Marker,
): Promise<Lease> {
  await using taking = new AsyncDisposableStack();
  const lease = taking.use(await listen(run));
  // A server that came back without its keys has none of anybody's.
  if (!(await setMarker(redis, run.prefix, marker))) {
    const found = await readMarker(redis, run.prefix);
    if (found?.runId !== run.runId) throw new UnfitServersError([takenBy(place, found)]);
  }
  taking.move();
  return lease;
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
  readonly #hold: Hold;
  readonly #cleanUp: AsyncDisposableStack;
  #disposal: Promise<void> | undefined;

  constructor(
    { url, prefix }: RedisPossession,
    { kind }: RedisPlace,
    { product, version, clients }: RedisFacts,
    { redis, hold, cleanUp }: Held & { readonly redis: Redis },
  ) {
    this.product = product;
    this.version = version;
    this.prefix = prefix;
    if (kind !== 'server') this.topology = kind;
    // But for the one that asked.
    this.otherClients = Math.max(0, clients - 1);
    this.#url = url;
    this.#redis = redis;
    this.#hold = hold;
    this.#cleanUp = cleanUp;
  }

  url(): string {
    return this.#url;
  }

  kill = () => this.#refuse('kill');
  pause = () => this.#refuse('pause');
  resume = () => this.#refuse('resume');
  restart = () => this.#refuse('restart');

  confirm(): Promise<void> {
    return this.#hold.confirm();
  }

  async flush(): Promise<void> {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await this.confirm();
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
