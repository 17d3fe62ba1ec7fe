import type { RowChange } from '../../scenarios/strategies/relay.ts';
import type { LogPosition } from './log-position.ts';

/** Changes that were committed together, and the position after them. */
export interface Arrival {
  readonly changes: readonly RowChange[];
  readonly position: LogPosition;
}

/** What has arrived and waits to be applied, in its order. */
export class Arrivals {
  #waiting: Arrival[] = [];
  #changes = 0;
  #arrived = Promise.withResolvers<void>();

  /** Changes that wait. */
  get size(): number {
    return this.#changes;
  }

  push(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#changes += arrival.changes.length;
    this.#arrived.resolve();
  }

  /**
   * Waits until something is there and takes it as one: whole transactions, until there are `limit` changes. Somebody
   * has to push once more to end a wait.
   */
  async take(limit: number): Promise<Arrival> {
    await this.#arrived.promise;
    const changes: RowChange[] = [];
    let taken = 0;
    for (const arrival of this.#waiting) {
      if (changes.length >= limit) break;
      changes.push(...arrival.changes);
      taken++;
    }
    const last = this.#waiting[taken - 1];
    if (last === undefined) throw new Error('nothing has arrived');
    this.#waiting = this.#waiting.slice(taken);
    this.#changes -= changes.length;
    if (this.#waiting.length === 0) this.#arrived = Promise.withResolvers();
    return { changes, position: last.position };
  }
}
