export interface BoundedQueueOptions {
  readonly capacity: number;
  /** `newest-first`: who came last is served first, and when there is no room the oldest has to go. */
  readonly order: 'oldest-first' | 'newest-first';
}

/**
 * A queue that never holds more than its capacity. It has no clock and waits for nothing.
 *
 * Newest first looks unfair and is not: under overload the oldest is the one whose client gives up first, so
 * serving it is the work most likely to be for nobody ("adaptive LIFO" in Maurer, Fail at Scale, ACM Queue 2015).
 */
export class BoundedQueue<T> {
  /** Oldest first. An array: a queue before a database is short, or it does not help. */
  readonly #items: T[] = [];
  readonly #options: BoundedQueueOptions;

  constructor(options: BoundedQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#items.length;
  }

  get oldest(): T | undefined {
    return this.#items[0];
  }

  /** Adds `item` and returns whom there is no room for: nobody (`null`), `item` itself, or the oldest. */
  push(item: T): T | null {
    const { capacity, order } = this.#options;
    if (capacity <= 0) return item;
    if (this.size < capacity) {
      this.#items.push(item);
      return null;
    }
    if (order === 'oldest-first') return item;
    this.#items.push(item);
    return this.#items.shift() ?? null;
  }

  /** Removes and returns whose turn it is. */
  take(): T | undefined {
    return this.#options.order === 'newest-first' ? this.#items.pop() : this.#items.shift();
  }

  /** @returns whether it was there */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item);
    if (index === -1) return false;
    this.#items.splice(index, 1);
    return true;
  }
}
