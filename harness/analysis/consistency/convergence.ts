import { isWrite } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';

export interface ConvergenceFindings {
  /** Rows that were read after the moment. */
  readonly keys: number;
  /**
   * After the moment in ms: when the last stale read began, and when each row had been found fresh after its own last
   * one. `null` where no row was read; `to` also where `censored`.
   */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Rows that were not seen to converge: the last read was stale, or the entry was wrong in the end. */
  readonly censored: number;
}

/** How long the stale reads went on after a moment: the last fault was healed, or the last write acknowledged. */
export class Convergence {
  readonly #momentUs: number;
  #keys = 0;
  #lastStaleUs = 0;
  #freshUs = 0;
  #censored = 0;

  /** @param momentUs since the storm's start */
  constructor(momentUs: number) {
    this.#momentUs = momentUs;
  }

  add({ history, places, ackedBefore, byStart }: JudgedKey, divergent: boolean): void {
    let [reads, lastStaleUs, freshUs] = [0, Number.NEGATIVE_INFINITY, Number.NaN];
    for (let at = byStart.length - 1; at >= 0; at--) {
      const index = byStart[at] as number;
      const startUs = history.startsUs[index] as number;
      if (startUs < this.#momentUs) break;
      const place = places[index] as number;
      if (place < 0 || isWrite(history.kinds[index] as number)) continue;
      reads++;
      if (place < (ackedBefore[index] as number)) {
        lastStaleUs = startUs;
        break;
      }
      freshUs = history.finishesUs[index] as number;
    }
    if (reads === 0 && !divergent) return;
    if (reads > 0) this.#keys++;
    const wasStale = lastStaleUs > Number.NEGATIVE_INFINITY;
    if (divergent || (wasStale && Number.isNaN(freshUs))) this.#censored++;
    if (!wasStale) return;
    this.#lastStaleUs = Math.max(this.#lastStaleUs, lastStaleUs - this.#momentUs);
    if (!Number.isNaN(freshUs)) this.#freshUs = Math.max(this.#freshUs, freshUs - this.#momentUs);
  }

  result(): ConvergenceFindings {
    const observed = this.#keys > 0;
    return {
      keys: this.#keys,
      fromMs: observed ? this.#lastStaleUs / 1e3 : null,
      toMs: observed && this.#censored === 0 ? this.#freshUs / 1e3 : null,
      censored: this.#censored,
    };
  }
}
