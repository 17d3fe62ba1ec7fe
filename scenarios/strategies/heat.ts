/**
 * Which keys are asked for often: counts by key in windows that follow each other, the last one kept beside
 * the present one, so that a hot key does not turn cold whenever a window begins.
 *
 * Its memory is the keys of two windows.
 */
export class Heat {
  readonly #threshold: number;
  readonly #windowMs: number;
  #window = 0;
  #counts = new Map<string, number>();
  #before = new Map<string, number>();

  /** @param threshold Reads in one window from which on a key is hot. */
  constructor(threshold: number, windowMs: number) {
    this.#threshold = threshold;
    this.#windowMs = windowMs;
  }

  /** Counts a read and says whether the key is hot. */
  note(key: string, nowMs: number): boolean {
    const window = Math.floor(nowMs / this.#windowMs);
    if (window !== this.#window) {
      this.#before = window === this.#window + 1 ? this.#counts : new Map();
      this.#counts = new Map();
      this.#window = window;
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count >= this.#threshold || (this.#before.get(key) ?? 0) >= this.#threshold;
  }
}
