import { isWrite } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';

/** Reads that began so long after the latest acknowledged write of their row, and how many of these found it. */
export interface VisibilityStep {
  readonly fromMs: number;
  /** `null`: without an end. */
  readonly toMs: number | null;
  readonly reads: number;
  readonly fresh: number;
}

/** Of each step, in ms. */
const LIMITS_MS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 20e3, 50e3];

/**
 * How likely a read is fresh by the time since the latest write: t-visibility (Bailis et al., "Probabilistically
 * Bounded Staleness", VLDB 2012). Reads of rows that nobody had written yet are not counted.
 */
export class Visibility {
  readonly #reads = new Float64Array(LIMITS_MS.length + 1);
  readonly #fresh = new Float64Array(LIMITS_MS.length + 1);

  add({ history, places, ackedBefore, lastAckUs }: JudgedKey): void {
    const { count, kinds, startsUs } = history;
    for (let index = 0; index < count; index++) {
      const place = places[index] as number;
      const sinceUs = (startsUs[index] as number) - (lastAckUs[index] as number);
      if (place < 0 || isWrite(kinds[index] as number) || sinceUs === Number.POSITIVE_INFINITY) continue;
      const step = stepOf(sinceUs / 1e3);
      this.#reads[step] = (this.#reads[step] as number) + 1;
      if (place >= (ackedBefore[index] as number)) this.#fresh[step] = (this.#fresh[step] as number) + 1;
    }
  }

  /** Without steps in which there were no reads. */
  result(): VisibilityStep[] {
    return Array.from(this.#reads, (reads, step) => ({
      fromMs: LIMITS_MS[step - 1] ?? 0,
      toMs: LIMITS_MS[step] ?? null,
      reads,
      fresh: this.#fresh[step] as number,
    })).filter(({ reads }) => reads > 0);
  }
}

function stepOf(ms: number): number {
  let [low, high] = [0, LIMITS_MS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ms < (LIMITS_MS[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
