import type { BarrierName } from '../../scenarios/strategies/strategy.ts';

/** A strategy stopped at a barrier. */
export interface Held {
  /** Resolves once `count` callers (default 1) wait here. */
  reached(count?: number): Promise<void>;
  /** Lets everyone who waits here go on, and nobody be held any more. */
  release(): void;
  /** Makes everyone who waits here fail with `error`, as a crash at this point would. */
  fail(error: Error): void;
}

/** Holds strategies at their barriers, so that an interleaving is a schedule and not luck. */
export class BarrierBoard {
  readonly #held = new Map<BarrierName, HeldBarrier>();

  /** Holds everyone who comes to `name` from now on. */
  hold(name: BarrierName): Held {
    const held = new HeldBarrier(() => this.#held.delete(name));
    this.#held.set(name, held);
    return held;
  }

  /** To be given to a strategy's context. Costs a look into a map that is empty in most storms. */
  readonly barrier = (name: BarrierName): Promise<void> => this.#held.get(name)?.wait() ?? passed;
}

const passed = Promise.resolve();

class HeldBarrier implements Held {
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  readonly #arrivals: { count: number; resolve: () => void }[] = [];
  readonly #onOpen: () => void;

  constructor(onOpen: () => void) {
    this.#onOpen = onOpen;
  }

  wait(): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    this.#waiting.push(waiter);
    for (const { count, resolve } of this.#arrivals) if (this.#waiting.length >= count) resolve();
    return waiter.promise;
  }

  reached(count = 1): Promise<void> {
    if (this.#waiting.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#arrivals.push({ count, resolve }));
  }

  release(): void {
    this.#onOpen();
    for (const waiter of this.#waiting.splice(0)) waiter.resolve();
  }

  fail(error: Error): void {
    this.#onOpen();
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error);
  }
}
