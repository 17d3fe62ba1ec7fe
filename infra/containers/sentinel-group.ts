import type { Redis } from 'ioredis';
import { systemClock } from '../../harness/time/clock.ts';
import { redisClient } from '../address/redis-client.ts';
import type { StartedBackend } from '../backend.ts';
import { BackendStartError, BackendStoppedError } from '../errors.ts';
import type { ContainerServer } from './container-server.ts';

const MASTER = 'cachestorm';
/** How long a master is silent until it is given up: as short as a trial of a few seconds wants it. */
const DOWN_AFTER_MS = 1_000;
/** A failover that takes longer is tried again. */
const FAILOVER_TIMEOUT_MS = 5_000;
/**
 * How often it asks the servers how they are. By itself it does every 10 s, and takes no replica for the master's place
 * that it has not asked for 5 s: now and then a failover would be 10 s late.
 */
const INFO_PERIOD_MS = 1_000;
/** A Sentinel watches an old master that came back for 8 s before it makes a replica of it. */
const WHOLE_WITHIN_MS = 60_000;
const COMMAND_MS = 5_000;
const POLL_MS = 50;

/**
 * A master, its replicas, and the Sentinel that chooses the master. What is done to it is done to the master of that
 * moment; its address is the Sentinel's, so that clients follow a failover.
 */
export class SentinelGroup implements StartedBackend {
  readonly kind = 'redis';
  readonly topology = 'sentinel';
  readonly product: string;
  readonly version: string;
  readonly #sentinel: ContainerServer;
  readonly #servers: readonly ContainerServer[];
  readonly #password: string;
  readonly #signal: AbortSignal;
  /** A master that was killed, until its restart. */
  #killed: ContainerServer | undefined;
  #paused: ContainerServer | undefined;
  #disposal: Promise<void> | undefined;

  /** @param servers the master first; all of them are its own from now on, and so is the Sentinel */
  constructor(
    sentinel: ContainerServer,
    servers: readonly ContainerServer[],
    password: string,
    signal: AbortSignal,
  ) {
    const [{ product, version } = sentinel] = servers;
    this.product = product;
    this.version = version;
    this.#sentinel = sentinel;
    this.#servers = servers;
    this.#password = password;
    this.#signal = signal;
  }

  /** Sets the Sentinel over the first of the servers, once the others follow it: it looks for them only now and then. */
  async watch(): Promise<void> {
    const [master] = this.#servers as [ContainerServer];
    await this.#until(() => this.#isFollowed(master));
    await this.#ask(this.#sentinel, async (sentinel) => {
      await sentinel.call('SENTINEL', 'MONITOR', MASTER, '127.0.0.1', master.port, 1);
      for (const [name, value] of [
        ['auth-pass', this.#password],
        ['down-after-milliseconds', DOWN_AFTER_MS],
        ['failover-timeout', FAILOVER_TIMEOUT_MS],
      ] as const) {
        await sentinel.call('SENTINEL', 'SET', MASTER, name, value);
      }
      await sentinel.call('SENTINEL', 'DEBUG', 'INFO-PERIOD', INFO_PERIOD_MS);
    });
    await this.#until(() => this.#isWhole());
  }

  url(): string {
    const { port } = this.#sentinel;
    return `redis+sentinel://:${this.#password}@127.0.0.1:${port}/${MASTER}/0?sentinel_password=${this.#password}`;
  }

  async confirm(): Promise<void> {
    this.#requireUndisposed('ask');
    await Promise.all([this.#sentinel, ...this.#servers].map((server) => server.confirm()));
  }

  async kill(): Promise<void> {
    if (this.#disposal !== undefined) return;
    this.#killed ??= await this.#master();
    await this.#killed.kill();
  }

  async pause(): Promise<void> {
    this.#requireUndisposed('pause');
    const master = await this.#master();
    await master.pause();
    this.#paused = master;
  }

  /** The server that was paused goes on as the master that it was, until the Sentinel has told it otherwise. */
  async resume(): Promise<void> {
    await this.#paused?.resume();
    this.#paused = undefined;
  }

  /** Resolves once there are a master and replicas again, whichever they are. */
  async restart(): Promise<void> {
    this.#requireUndisposed('restart');
    const server = this.#killed ?? this.#paused ?? (await this.#master());
    await server.restart();
    this.#killed = undefined;
    this.#paused = undefined;
    const master = await this.#master();
    // As the Sentinel would, which takes its time.
    if (master !== server)
      await this.#ask(server, (redis) => redis.call('REPLICAOF', '127.0.0.1', master.port));
    await this.#until(() => this.#isWhole());
  }

  /** Waits for the end of a failover first: a master of yesterday would bring its keys back. */
  async flush(): Promise<void> {
    this.#requireUndisposed('flush');
    if (this.#killed !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await this.#until(() => this.#isWhole());
    await this.#ask(await this.#master(), async (redis) => {
      await redis.flushall('SYNC');
      await redis.wait(this.#servers.length - 1, COMMAND_MS);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    // The Sentinel last, whose network the others are in.
    await using stack = new AsyncDisposableStack();
    stack.use(this.#sentinel);
    for (const server of this.#servers) stack.use(server);
  }

  #requireUndisposed(action: string): void {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, action);
  }

  /** Whom the Sentinel names. */
  async #master(): Promise<ContainerServer> {
    const [, port] = (await this.#ask(this.#sentinel, (sentinel) =>
      sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER),
    )) as [string, string];
    const found = this.#servers.find((server) => server.port === Number(port));
    if (found === undefined)
      throw new Error(`the Sentinel names a master at port ${port}, where there is none`);
    return found;
  }

  /** Whether all agree on the master, and it is followed. */
  async #isWhole(): Promise<boolean> {
    const seen = await this.#ask(this.#sentinel, async (sentinel) => [
      fieldOf(await sentinel.call('SENTINEL', 'MASTER', MASTER), 'flags'),
      ...((await sentinel.call('SENTINEL', 'REPLICAS', MASTER)) as unknown[]).map((replica) =>
        fieldOf(replica, 'flags'),
      ),
    ]);
    // Any other word beside it tells of something that is not as it should be.
    const expected = this.#servers.map((_, index) => (index === 0 ? 'master' : 'slave'));
    return seen.join() === expected.join() && (await this.#isFollowed(await this.#master()));
  }

  /** Whether this is a master, and all others have its keys and follow it. */
  async #isFollowed(master: ContainerServer): Promise<boolean> {
    const roles = await Promise.all(
      this.#servers.map((server) =>
        this.#ask(server, async (redis) => ((await redis.call('ROLE')) as unknown[]).map(String)),
      ),
    );
    return this.#servers.every((server, index) => {
      const [role, , port, link] = roles[index] ?? [];
      return server === master
        ? role === 'master'
        : role === 'slave' && Number(port) === master.port && link === 'connected';
    });
  }

  /** @throws BackendStartError when it does not come to be in time; the signal's reason */
  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const giveUpUs = systemClock.nowUs() + WHOLE_WITHIN_MS * 1e3;
    let failure: unknown;
    for (;;) {
      this.#signal.throwIfAborted();
      this.#requireUndisposed('wait for');
      try {
        if (await isSo()) return;
      } catch (error) {
        // One of them does not answer yet.
        failure = error;
      }
      if (systemClock.nowUs() > giveUpUs) {
        const reason = `no master that all others follow within ${WHOLE_WITHIN_MS / 1e3} s`;
        throw new BackendStartError(`${this.product} with a Sentinel`, reason, '', failure);
      }
      await systemClock.sleep(POLL_MS, this.#signal);
    }
  }

  async #ask<T>(server: ContainerServer, question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = redisClient(`redis://:${this.#password}@127.0.0.1:${server.port}`, {
      commandTimeout: COMMAND_MS,
      connectTimeout: COMMAND_MS,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
    });
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

/** Returns a field of a reply that is a list of names and values. */
function fieldOf(reply: unknown, name: string): string | undefined {
  const texts = (reply as unknown[]).map(String);
  return texts[texts.indexOf(name) + 1];
}
