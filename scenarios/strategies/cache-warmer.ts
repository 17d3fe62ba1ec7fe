import { preloadEntries } from './fill.ts';
import { fillUnderLock } from './lock.ts';
import type { Item, Parameter, StrategyContext } from './strategy.ts';

export const warmerParameters = {
  batch: {
    unit: 'count',
    default: 200,
    min: 1,
    max: 10_000,
    description: 'Rows a query.',
  },
  batchesAtOnce: {
    unit: 'count',
    default: 2,
    min: 1,
    max: 64,
    description: 'Such queries at once. Each takes a connection from the readers.',
  },
  maxKeys: {
    unit: 'count',
    default: 100_000,
    min: 0,
    max: 10_000_000,
    description: 'Rows to load at most, in the order of their keys: which ones are hot, nobody knows yet.',
  },
  lockMs: {
    unit: 'ms',
    default: 60_000,
    min: 1,
    max: 3_600_000,
    description: 'How long one process may warm while the others wait for it.',
  },
} as const satisfies Record<string, Parameter>;

export type WarmerParameter = keyof typeof warmerParameters;

export const rewarmParameters = {
  ...warmerParameters,
  recheckMs: {
    unit: 'ms',
    default: 100,
    min: 1,
    max: 600_000,
    description: 'How often a process that misses looks whether the whole cache is gone, at most.',
  },
} as const satisfies Record<string, Parameter>;

const ALL = '(all)';

/**
 * Loads all rows into the cache, in batches. Of several processes one does it; a key beside the entries, which
 * lives as long as they do, tells the others that it is done, and is lost with them.
 */
export class CacheWarmer {
  readonly #context: StrategyContext;
  readonly #parameters: Readonly<Record<WarmerParameter, number>>;
  readonly #warmKey: string;
  #nextCheckAtMs = 0;
  #warming = false;

  constructor(context: StrategyContext, parameters: Readonly<Record<WarmerParameter, number>>) {
    this.#context = context;
    this.#parameters = parameters;
    this.#warmKey = context.sideKey('warm', ALL);
  }

  /** Resolves once the cache is warm, by this process or by another. */
  async warm(): Promise<void> {
    const { lockMs } = this.#parameters;
    await fillUnderLock(
      this.#context,
      ALL,
      { lockMs, pollMs: 20, waitMs: lockMs },
      {
        read: async () => ((await this.#isWarm()) ? true : null),
        fill: async () => {
          await this.#loadAll();
          return true;
        },
      },
    );
  }

  /** To be called at a miss: misses are many, and every one may be the first of a lost cache. Never fails. */
  async warmIfLost(recheckMs: number): Promise<void> {
    const nowMs = this.#context.clock.wallMs();
    if (this.#warming || nowMs < this.#nextCheckAtMs) return;
    this.#nextCheckAtMs = nowMs + recheckMs;
    this.#warming = true;
    try {
      if (!(await this.#isWarm())) await this.warm();
    } catch (error) {
      this.#context.onBackgroundError(error);
    } finally {
      this.#warming = false;
    }
  }

  /** Takes entries that somebody else brings for a warm cache. */
  async preload(items: readonly Item[]): Promise<void> {
    await preloadEntries(this.#context, items);
    await this.#mark(this.#context.clock.wallMs());
  }

  async #isWarm(): Promise<boolean> {
    return (await this.#context.redis.exists(this.#warmKey)) === 1;
  }

  async #loadAll(): Promise<void> {
    const startedAtMs = this.#context.clock.wallMs();
    const batches = this.#batches();
    const workers = Array.from({ length: this.#parameters.batchesAtOnce }, async () => {
      // They share one iterator: each takes the next batch as soon as it is free.
      for await (const keys of batches) {
        await preloadEntries(this.#context, await this.#context.origin.loadMany(keys));
      }
    });
    await Promise.all(workers);
    await this.#mark(startedAtMs);
  }

  async *#batches(): AsyncGenerator<readonly string[]> {
    const { batch, maxKeys } = this.#parameters;
    let left = maxKeys;
    if (left === 0) return;
    for await (const keys of this.#context.origin.keys(batch)) {
      this.#context.signal.throwIfAborted();
      yield keys.slice(0, left);
      left -= Math.min(left, keys.length);
      if (left === 0) return;
    }
  }

  /** It ends when the first of the entries does: a mark that is there already is older, and stays. */
  async #mark(startedAtMs: number): Promise<void> {
    const { redis, clock, ttlMs } = this.#context;
    const leftMs = startedAtMs + ttlMs - clock.wallMs();
    await redis.set(this.#warmKey, '1', 'PX', Math.max(1, Math.floor(leftMs)), 'NX');
  }
}
