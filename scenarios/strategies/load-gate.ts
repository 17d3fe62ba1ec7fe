import { BoundedQueue } from './bounded-queue.ts';
import type { Parameter, StrategyClock } from './strategy.ts';

export const queueParameters = {
  queue: {
    unit: 'count',
    default: 100,
    min: 0,
    max: 10_000,
    description:
      'Reads of one process that may wait for a load at most; the rest is refused. Longer than the clients’ patience, it holds only requests that nobody waits for any more.',
  },
  queueWaitMs: {
    unit: 'ms',
    default: 500,
    min: 1,
    max: 60_000,
    description: 'How long a read waits before it is refused. Must stay well below the clients’ timeout.',
  },
  newestFirst: {
    unit: 'count',
    default: 1,
    min: 0,
    max: 1,
    description:
      '1: who came last is served first, and a full queue refuses its oldest. 0: first come, first served.',
  },
} as const satisfies Record<string, Parameter>;

export type QueueParameter = keyof typeof queueParameters;

/** A place among the loads that run. */
export interface Place {
  /** Whether it was waited for: then somebody else may have filled the entry meanwhile. */
  readonly waited: boolean;
  /** Gives the place to the next. Called once. */
  leave(): void;
}

export interface GateSurroundings {
  readonly clock: StrategyClock;
  /** Aborted when the process ends: everyone who waits is refused. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly sinceMs: number;
  readonly settle: (place: Place | null) => void;
}

/**
 * Lets a limited number of loads run at once; a bounded queue waits before it.
 *
 *     reads -> [ queue: bounded in length and in time ] -> [ limit ] -> database
 *                  | full, too late, hung up
 *                  v
 *               refused
 */
export class LoadGate {
  readonly #queue: BoundedQueue<Waiting>;
  readonly #surroundings: GateSurroundings;
  readonly #limit: () => number;
  readonly #waitMs: number;
  #inside = 0;
  #watching = false;

  /** @param limit Asked whenever a place may be free, so it can change. */
  constructor(
    surroundings: GateSurroundings,
    limit: () => number,
    { queue, queueWaitMs, newestFirst }: Readonly<Record<QueueParameter, number>>,
  ) {
    this.#surroundings = surroundings;
    this.#limit = limit;
    this.#waitMs = queueWaitMs;
    this.#queue = new BoundedQueue({
      capacity: queue,
      order: newestFirst >= 1 ? 'newest-first' : 'oldest-first',
    });
  }

  /** Loads that run. */
  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * @param signal Aborted when nobody waits for the answer any more.
   * @returns `null` when refused: no room, waited too long, or nobody waits.
   */
  enter(signal: AbortSignal): Promise<Place | null> {
    if (signal.aborted) return Promise.resolve(null);
    if (this.#inside < this.#limit()) return Promise.resolve(this.#place(false));
    return new Promise((resolve) => {
      const leaveQueue = () => {
        if (this.#queue.remove(waiting)) waiting.settle(null);
      };
      const waiting: Waiting = {
        sinceMs: this.#surroundings.clock.wallMs(),
        settle(place) {
          signal.removeEventListener('abort', leaveQueue);
          resolve(place);
        },
      };
      signal.addEventListener('abort', leaveQueue, { once: true });
      this.#queue.push(waiting)?.settle(null);
      void this.#dropLate();
    });
  }

  #place(waited: boolean): Place {
    this.#inside++;
    return {
      waited,
      leave: () => {
        this.#inside--;
        this.#admit();
      },
    };
  }

  #admit(): void {
    while (this.#inside < this.#limit()) {
      const next = this.#queue.take();
      if (next === undefined) return;
      next.settle(this.#place(true));
    }
  }

  /** One timer for the whole queue, while there is one: a timer for each of them would be most of the work. */
  async #dropLate(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    const { clock, signal } = this.#surroundings;
    for (let oldest = this.#queue.oldest; oldest !== undefined; oldest = this.#queue.oldest) {
      const leftMs = oldest.sinceMs + this.#waitMs - clock.wallMs();
      if (leftMs > 0 && !signal.aborted) await clock.sleep(leftMs, signal).catch(() => undefined);
      else if (this.#queue.remove(oldest)) oldest.settle(null);
    }
    this.#watching = false;
  }
}
