import { LatencyHistogram } from '../../record/histogram.ts';
import { isOk, isWrite, type KeyHistory, type ReadSource, sourceOf } from '../../record/history/operation.ts';
import { BehindCounter } from './behind-counter.ts';
import type { CommitBounds } from './commit-bounds.ts';
import type { JudgedKey } from './judged-key.ts';

/** A read is stale if a write beyond what it found had been acknowledged before it was sent. */
export interface StaleReadFindings {
  /** Answered well, with a value that has a place among the commits. */
  readonly reads: number;
  /** Of these, of rows of which a write had been acknowledged before: the others can't be stale. */
  readonly afterWrite: number;
  readonly stale: number;
  /** Share of `reads`; `null` for none. */
  readonly rate: number | null;
  /** The same of reads that a cache answered (`hit`, `l1`, `stale`). */
  readonly hits: { readonly reads: number; readonly stale: number; readonly rate: number | null };
  /** Stale reads by how they were answered. */
  readonly bySource: Readonly<Partial<Record<ReadSource, number>>>;
  /** How old the stalest read's value was, in ms: at least and at most; 0 when none was stale. */
  readonly maxMs: { readonly atLeast: number; readonly atMost: number };
  /** Of the stale reads, HDR V2 compressed base64, microseconds. */
  readonly atLeastHistogram: string;
  readonly atMostHistogram: string;
  /** How many acknowledged writes they were behind: how often each number occurred, from 1 on. */
  readonly versionsBehind: readonly { readonly versions: number; readonly reads: number }[];
}

const CACHED: ReadonlySet<ReadSource> = new Set(['hit', 'l1', 'stale']);

/** What is to be known of a stale read. Times in microseconds. */
export interface StaleRead {
  readonly startUs: number;
  readonly atLeastUs: number;
  readonly atMostUs: number;
}

/**
 * How often, by how much and by how many versions reads were stale. What a read found was the newest until the next
 * commit, and that is known to lie between two moments, as the read itself does: so its age has two bounds.
 */
export class StaleReads implements Disposable {
  readonly #atLeast = new LatencyHistogram();
  readonly #atMost = new LatencyHistogram();
  readonly #bySource = new Map<ReadSource, number>();
  readonly #behind = new Map<number, number>();
  #reads = 0;
  #afterWrite = 0;
  #stale = 0;
  #hits = 0;
  #staleHits = 0;
  #maxAtLeastUs = 0;
  #maxAtMostUs = 0;

  /** @param onStale called for each stale read of the key, in the order of their starts */
  add(judged: JudgedKey, bounds: CommitBounds, onStale: (read: StaleRead) => void): void {
    const { history, places, ackedBefore, lastAckUs } = judged;
    const behind = behindOf(judged);
    for (const index of judged.byStart) {
      const kind = history.kinds[index] as number;
      const place = places[index] as number;
      if (isWrite(kind) || place < 0) continue;
      this.#reads++;
      const source = sourceOf(kind);
      const cached = CACHED.has(source);
      if (cached) this.#hits++;
      if ((lastAckUs[index] as number) > Number.NEGATIVE_INFINITY) this.#afterWrite++;
      if (place >= (ackedBefore[index] as number)) continue;
      this.#stale++;
      if (cached) this.#staleHits++;
      increment(this.#bySource, source);
      increment(this.#behind, behind(index, place));
      const read = ageOf(history, index, place, bounds);
      this.#atLeast.record(read.atLeastUs);
      this.#atMost.record(read.atMostUs);
      this.#maxAtLeastUs = Math.max(this.#maxAtLeastUs, read.atLeastUs);
      this.#maxAtMostUs = Math.max(this.#maxAtMostUs, read.atMostUs);
      onStale(read);
    }
  }

  result(): StaleReadFindings {
    const [reads, stale, hits, staleHits] = [this.#reads, this.#stale, this.#hits, this.#staleHits];
    return {
      reads,
      afterWrite: this.#afterWrite,
      stale,
      rate: reads === 0 ? null : stale / reads,
      hits: { reads: hits, stale: staleHits, rate: hits === 0 ? null : staleHits / hits },
      bySource: Object.fromEntries(this.#bySource),
      maxMs: { atLeast: this.#maxAtLeastUs / 1e3, atMost: this.#maxAtMostUs / 1e3 },
      atLeastHistogram: this.#atLeast.encode(),
      atMostHistogram: this.#atMost.encode(),
      versionsBehind: [...this.#behind]
        .map(([versions, count]) => ({ versions, reads: count }))
        .sort((a, b) => a.versions - b.versions),
    };
  }

  [Symbol.dispose](): void {
    this.#atLeast[Symbol.dispose]();
    this.#atMost[Symbol.dispose]();
  }
}

function ageOf(
  { startsUs, finishesUs }: KeyHistory,
  index: number,
  place: number,
  bounds: CommitBounds,
): StaleRead {
  const startUs = startsUs[index] as number;
  const atLeastUs = startUs - (bounds.notAfterUs[place + 1] as number);
  const atMostUs = (finishesUs[index] as number) - (bounds.notBeforeUs[place + 1] as number);
  // A commit by somebody unknown has no earliest moment: the storm's start is one.
  return {
    startUs,
    atLeastUs,
    atMostUs: Math.min(finishesUs[index] as number, Math.max(atLeastUs, atMostUs)),
  };
}

/** For stale reads in the order of their starts: how many acknowledged writes they are behind. */
function behindOf(judged: JudgedKey): (index: number, place: number) => number {
  const { kinds, startsUs, finishesUs } = judged.history;
  let counter: BehindCounter | null = null;
  let finished = 0;
  return (index, place) => {
    // Most rows have no stale read, and need none.
    counter ??= new BehindCounter(judged.order.length);
    const startUs = startsUs[index] as number;
    for (; finished < judged.byFinish.length; finished++) {
      const over = judged.byFinish[finished] as number;
      if ((finishesUs[over] as number) >= startUs) break;
      const kind = kinds[over] as number;
      const overPlace = judged.places[over] as number;
      if (isWrite(kind) && isOk(kind) && overPlace >= 0) counter.acknowledged(overPlace);
    }
    return counter.beyond(place);
  };
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
