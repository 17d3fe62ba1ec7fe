import { LRUCache } from 'lru-cache';
import type { Item, Parameter, StrategyContext } from './strategy.ts';

/** What a user may set of the copies. */
export const l1Parameters = {
  l1TtlMs: {
    unit: 'ms',
    default: 5_000,
    min: 1,
    max: 3_600_000,
    description: 'How long a copy is kept at most, and never past its entry’s time to live.',
  },
  l1Entries: {
    unit: 'count',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    description: 'Copies a process keeps; the least recently used goes first.',
  },
} as const satisfies Record<string, Parameter>;

export type L1Parameter = keyof typeof l1Parameters;

export interface LocalCopiesOptions {
  readonly maxItems: number;
  readonly maxMs: number;
}

/**
 * Copies of cache entries, or of rows, in the process's own memory, dropped when somebody says that they changed.
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
   * To be called before Redis, or the database, is asked; the function that it returns keeps what was answered.
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

  /**
   * Asks, and keeps the answer as `reading` does.
   *
   * @param mayKeep Whether copies can be trusted once the answer is there. @default always
   */
  async keeping(
    key: string,
    ask: () => Promise<Item | null>,
    mayKeep: () => boolean = () => true,
  ): Promise<Item | null> {
    const keep = this.reading(key);
    let found: Item | null = null;
    try {
      found = await ask();
    } finally {
      keep(mayKeep() ? found : null);
    }
    return found;
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
