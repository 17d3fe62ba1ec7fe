interface Flight<T> {
  readonly landed: Promise<T>;
  readonly deserted: AbortController;
  waiting: number;
}

/**
 * Work that is under way, by key: whoever asks for the same meanwhile gets the same promise.
 *
 * Source: golang.org/x/sync/singleflight; groupcache (Fitzpatrick, 2013)
 */
export class Flights<T> {
  readonly #underWay = new Map<string, Flight<T>>();

  /**
   * Joins the flight of `key`, or starts one. A failure reaches everyone who joined; the next to ask starts anew.
   *
   * @param start Its signal is aborted once everyone who waits has hung up.
   * @param hangUp Aborted when the one who asks waits no more. Without it, somebody always does.
   */
  share(key: string, start: (deserted: AbortSignal) => Promise<T>, hangUp?: AbortSignal): Promise<T> {
    const flight = this.#underWay.get(key) ?? this.#begin(key, start);
    const leave = () => {
      flight.waiting--;
      if (flight.waiting === 0) flight.deserted.abort();
    };
    flight.waiting++;
    if (hangUp?.aborted) leave();
    else hangUp?.addEventListener('abort', leave, { once: true });
    return flight.landed;
  }

  has(key: string): boolean {
    return this.#underWay.has(key);
  }

  #begin(key: string, start: (deserted: AbortSignal) => Promise<T>): Flight<T> {
    const deserted = new AbortController();
    const landed = start(deserted.signal).finally(() => this.#underWay.delete(key));
    const flight = { landed, deserted, waiting: 0 };
    this.#underWay.set(key, flight);
    return flight;
  }
}
