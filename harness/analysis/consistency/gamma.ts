import { LatencyHistogram } from '../../record/histogram.ts';
import { isOk, isWrite } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';
import { sortedOrder } from './sorted-order.ts';

export interface GammaFindings {
  /** Values that were written or read. */
  readonly clusters: number;
  /** How many of these clusters overlap another in a way that linearizability forbids. */
  readonly conflicting: number;
  /** Gamma, in ms: the largest score; 0 when there is none. */
  readonly maxMs: number;
  /** Scores of the conflicting, each the largest of its conflicts; HDR V2 compressed base64, microseconds. */
  readonly scoreHistogram: string;
}

/**
 * How far the operations would have to be stretched to be linearizable: Gamma (Golab, Rahman, AuYoung, Keeton and
 * Gupta, "Client-Centric Benchmarking of Eventual Consistency for Cloud Storage Systems", ICDCS 2014).
 *
 * The operations on one value are a cluster, which lasts from its first finish `l` to its last start `r`, forward if
 * `l < r`. Two clusters of a row of which one at least is forward conflict by `min(r1 - l2, r2 - l1)`, where that is
 * positive. It needs no order of writes, and so tells also where that is in doubt.
 */
export class Gamma implements Disposable {
  readonly #scores = new LatencyHistogram();
  #clusters = 0;
  #maxUs = 0;

  /** @returns the key's own Gamma, microseconds */
  add(judged: JudgedKey): number {
    const clusters = clustersOf(judged);
    this.#clusters += clusters.firstFinishUs.length;
    let keyMaxUs = 0;
    for (const scoreUs of scores(clusters)) {
      if (!(scoreUs > 0)) continue;
      this.#scores.record(scoreUs);
      keyMaxUs = Math.max(keyMaxUs, scoreUs);
    }
    this.#maxUs = Math.max(this.#maxUs, keyMaxUs);
    return keyMaxUs;
  }

  result(): GammaFindings {
    return {
      clusters: this.#clusters,
      conflicting: this.#scores.count,
      maxMs: this.#maxUs / 1e3,
      scoreHistogram: this.#scores.encode(),
    };
  }

  [Symbol.dispose](): void {
    this.#scores[Symbol.dispose]();
  }
}

export interface Clusters {
  readonly firstFinishUs: Float64Array;
  readonly lastStartUs: Float64Array;
}

/** Returns the clusters of a row's values that were seen. The row as it was before the storm was there before anything. */
function clustersOf({ history, places, order }: JudgedKey): Clusters {
  const { count, kinds, startsUs, finishesUs } = history;
  const firstFinish = new Float64Array(order.length).fill(Number.POSITIVE_INFINITY);
  const lastStart = new Float64Array(order.length).fill(Number.NEGATIVE_INFINITY);
  for (let index = 0; index < count; index++) {
    const place = places[index] as number;
    if (place < 0) continue;
    const kind = kinds[index] as number;
    lastStart[place] = Math.max(lastStart[place] as number, startsUs[index] as number);
    // A write that nobody was told of has no finish.
    if (isWrite(kind) && !isOk(kind)) continue;
    firstFinish[place] = Math.min(firstFinish[place] as number, finishesUs[index] as number);
  }
  if ((lastStart[0] ?? Number.NEGATIVE_INFINITY) > Number.NEGATIVE_INFINITY)
    firstFinish[0] = Number.NEGATIVE_INFINITY;
  const seen = Uint32Array.from(lastStart.keys()).filter(
    (place) => (lastStart[place] as number) > Number.NEGATIVE_INFINITY,
  );
  return {
    firstFinishUs: Float64Array.from(seen, (place) => firstFinish[place] as number),
    lastStartUs: Float64Array.from(seen, (place) => lastStart[place] as number),
  };
}

/**
 * The largest score of each cluster, in O(n log n): among the clusters in the order of `l`, the one that bounds `r - l`
 * falls and the other, over the largest `r` so far, rises; the best is where they meet.
 */
export function scores({ firstFinishUs, lastStartUs }: Clusters): Float64Array {
  const order = sortedOrder(firstFinishUs);
  const forward = order.filter(
    (cluster) => (firstFinishUs[cluster] as number) < (lastStartUs[cluster] as number),
  );
  if (forward.length === 0) return new Float64Array(0);
  const all = new Prefixes(order, firstFinishUs, lastStartUs);
  const forwards = new Prefixes(forward, firstFinishUs, lastStartUs);
  return Float64Array.from(order, (cluster) => {
    const isForward = (firstFinishUs[cluster] as number) < (lastStartUs[cluster] as number);
    return (isForward ? all : forwards).bestFor(cluster);
  });
}

/** Clusters in the order of `l`, with the two largest `r` of those up to each. */
class Prefixes {
  readonly #order: Uint32Array;
  readonly #l: Float64Array;
  readonly #r: Float64Array;
  readonly #largest: Int32Array;
  readonly #second: Int32Array;

  constructor(order: Uint32Array, l: Float64Array, r: Float64Array) {
    this.#order = order;
    this.#l = l;
    this.#r = r;
    this.#largest = new Int32Array(order.length);
    this.#second = new Int32Array(order.length);
    let [largest, second] = [-1, -1];
    for (const [at, cluster] of order.entries()) {
      if (largest < 0 || (r[cluster] as number) > (r[largest] as number))
        [largest, second] = [cluster, largest];
      else if (second < 0 || (r[cluster] as number) > (r[second] as number)) second = cluster;
      this.#largest[at] = largest;
      this.#second[at] = second;
    }
  }

  bestFor(cluster: number): number {
    let [low, high] = [0, this.#order.length];
    // The first at which what rises is no longer below what falls.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rising(cluster, middle) >= this.#falling(cluster, middle)) high = middle;
      else low = middle + 1;
    }
    const before = low === 0 ? Number.NEGATIVE_INFINITY : this.#rising(cluster, low - 1);
    const after = low === this.#order.length ? Number.NEGATIVE_INFINITY : this.#falling(cluster, low);
    return Math.max(before, after);
  }

  #falling(cluster: number, at: number): number {
    return (this.#r[cluster] as number) - (this.#l[this.#order[at] as number] as number);
  }

  #rising(cluster: number, at: number): number {
    const largest = this.#largest[at] as number;
    const other = largest === cluster ? (this.#second[at] as number) : largest;
    return other < 0 ? Number.NEGATIVE_INFINITY : (this.#r[other] as number) - (this.#l[cluster] as number);
  }
}
