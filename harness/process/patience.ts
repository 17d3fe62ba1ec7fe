/** More of them find out sooner, fewer disturb a measurement less. */
const TICKS = 10;

/**
 * Calls back once `ms` have passed. Only time in which this process ran itself counts: after a Ctrl-Z, or on a machine
 * that was suspended, an answer may long be there and only not be read yet.
 */
export class Patience implements Disposable {
  readonly #onOver: () => void;
  #ms: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onOver: () => void) {
    this.#onOver = onOver;
    this.#ms = ms;
    this.restart();
  }

  get ms(): number {
    return this.#ms;
  }

  /** Begins anew, with another length if one is given. Infinite patience is never over. */
  restart(ms = this.#ms): void {
    clearInterval(this.#timer);
    this.#ms = ms;
    if (ms === Number.POSITIVE_INFINITY) return;
    let ticks = 0;
    this.#timer = setInterval(() => {
      if (++ticks < TICKS) return;
      clearInterval(this.#timer);
      this.#onOver();
    }, ms / TICKS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
