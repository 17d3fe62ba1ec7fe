import type { Redis } from 'ioredis';
import type { StrategyContext } from './strategy.ts';

const CHANNEL = '__redis__:invalidate';
/** A connection that died without a word is noticed after this and the client's command timeout. */
const PING_MS = 1_000;

export interface InvalidationListener {
  /** An entry was written, deleted, evicted or expired. */
  invalidated(redisKey: string): void;
  /** All entries went at once, or announcements may have been missed: nothing remembered may be trusted. */
  allInvalidated(): void;
}

/**
 * Redis's client-side tracking in broadcasting mode: the server announces every change of a key with a prefix.
 *
 * One connection in RESP2 that redirects to itself. ioredis 6 drops the `invalidate` pushes of RESP3; and with
 * the usual two connections (one tracks, one subscribes) the loss of the tracking one would go unnoticed. Here
 * tracking lives exactly as long as the connection that would tell.
 *
 * Source: "Client-side caching reference" and CLIENT TRACKING in the Redis documentation.
 */
export class Invalidations {
  readonly #context: StrategyContext;
  readonly #prefix: string;
  readonly #listener: InvalidationListener;
  #live = false;
  /** Connections lost so far: what was asked of an earlier one says nothing about this one. */
  #losses = 0;

  constructor(context: StrategyContext, prefix: string, listener: InvalidationListener) {
    this.#context = context;
    this.#prefix = prefix;
    this.#listener = listener;
  }

  /** Whether every change is announced right now: only then may a copy be kept or shown. */
  get live(): boolean {
    return this.#live;
  }

  /** Resolves once changes are announced. Connects again whenever the connection is lost, until the process ends. */
  async start(): Promise<void> {
    const { redis, signal } = this.#context;
    const first = Promise.withResolvers<void>();
    // Without a connection nobody comes to await it.
    first.promise.catch(() => undefined);
    const connection = redis.duplicate({
      protocol: 2,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResubscribe: false,
    });
    signal.addEventListener('abort', () => connection.disconnect(), { once: true });
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.#losses++;
      this.#live = false;
      this.#listener.allInvalidated();
    });
    connection.on('ready', () => {
      this.#orReconnect(connection, () => this.#track(connection)).then(first.resolve, first.reject);
    });
    // The raw form: the other joins the keys with commas.
    connection.on('messageBuffer', (_channel, keys: unknown) => this.#announce(keys));
    await connection.connect();
    await first.promise;
    void this.#ping(connection);
  }

  async #track(connection: Redis): Promise<void> {
    const losses = this.#losses;
    const id = await connection.client('ID');
    await connection.call(
      'CLIENT',
      'TRACKING',
      'ON',
      'REDIRECT',
      String(id),
      'BCAST',
      'PREFIX',
      this.#prefix,
    );
    await connection.subscribe(CHANNEL);
    // What is being read right now may have changed before anybody listened.
    this.#listener.allInvalidated();
    this.#live = losses === this.#losses;
  }

  /** `null` instead of keys: the whole database was flushed. */
  #announce(keys: unknown): void {
    if (Array.isArray(keys)) for (const key of keys) this.#listener.invalidated(String(key));
    else this.#listener.allInvalidated();
  }

  async #ping(connection: Redis): Promise<void> {
    const { clock, signal } = this.#context;
    while (!signal.aborted) {
      await clock.sleep(PING_MS, signal).catch(() => undefined);
      if (this.#live) await this.#orReconnect(connection, () => connection.ping()).catch(() => undefined);
    }
  }

  /** A connection that does not do what it is asked to is given up, unless it was lost before it could. */
  async #orReconnect(connection: Redis, work: () => Promise<unknown>): Promise<void> {
    const losses = this.#losses;
    try {
      await work();
    } catch (error) {
      if (losses === this.#losses && !this.#context.signal.aborted) {
        this.#context.onBackgroundError(error);
        connection.disconnect(true);
      }
      throw error;
    }
  }
}
