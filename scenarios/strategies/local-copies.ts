import { LRUCache } from 'lru-cache';
import type { Item, StrategyContext } from './strategy.ts';

export interface LocalCopiesOptions {
  readonly maxItems: number;
  readonly maxMs: number;
}

/**
 * Copies of cache entries in the process's own memory, dropped when Redis says that the entry has changed.
 *
 * A copy lives no longer than its entry: it ends at the age at which the entry would. One that started a time to
 * live of its own would be up to twice as old.
 */
export class LocalCopies {
  readonly #copies: LRUCache<string, Item>;
  readonly #context: Pick<StrategyContext, 'clock' | 'ttlMs'>;
  readonly #maxMs: number;
  readonly #reads = new Map<string, symbol>();

  constructor(context: Pick<StrategyContext, 'clock' | 'ttlMs'>, { maxItems, maxMs }: LocalCopiesOptions) {
    this.#context = context;
    this.#maxMs = maxMs;
    this.#copies = new LRUCache({
      max: maxItems,
      ttl: maxMs,
      // Otherwise it remembers the time for a millisecond, with a timer.
      ttlResolution: 0,
      perf: { now: () => context.clock.wallMs() },
    });
  }

  get(key: string): Item | undefined {
    return this.#copies.get(key);
  }

  /**
   * To be called before Redis is asked for the entry; the function that it returns keeps what Redis answered.
   * It does nothing when the entry was invalidated meanwhile: announcement and answer come by two connections,
   * in any order, and a copy made of the older would stay.
   *
   * Source: "Avoiding race conditions" in the client-side caching reference of the Redis documentation.
   */
  reading(key: string): (item: Item | null) => void {
    const read = Symbol(key);
    this.#reads.set(key, read);
    return (item) => {
      if (this.#reads.get(key) !== read) return;
      this.#reads.delete(key);
      if (item === null) return;
      const { clock, ttlMs } = this.#context;
      const leftMs = Math.min(this.#maxMs, item.loadedAtMs + ttlMs - clock.wallMs());
      if (leftMs > 0) this.#copies.set(key, item, { ttl: leftMs });
    };
  }

  invalidate(key: string): void {
    this.#reads.delete(key);
    this.#copies.delete(key);
  }

  clear(): void {
    this.#reads.clear();
    this.#copies.clear();
  }
}
