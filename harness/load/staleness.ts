import { LatencyHistogram } from '../record/histogram.ts';
import { AckedVersions } from './acked-versions.ts';
import type { Flight } from './flight.ts';
import type { StalenessReport } from './protocol.ts';

/**
 * Judges each read when it returns: it is stale if a newer version had been acknowledged before it was sent.
 *
 * The value was the newest until some moment between the sending of the write that replaced it and its answer, so
 * how long it had been old when it was read lies between two bounds:
 *
 * ```
 * write   |--- sent ......... acked ---|
 * read                                       |--- sent ...... answered ---|
 *                             <-- at least -->
 *               <----------------- at most ------------------------------>
 * ```
 *
 * A write that timed out or failed may have happened: it makes no read stale. Reads answered with 404 carry no
 * version, and are counted elsewhere.
 */
export class Staleness implements Disposable {
  readonly #acked = new AckedVersions();
  /** The lower bounds of the stale reads: nobody can say that they were less. */
  readonly #atLeast = new LatencyHistogram();
  #writes = 0;
  #reads = 0;
  #afterWrite = 0;
  #stale = 0;
  #atLeastUs = 0;
  #atMostUs = 0;

  /** A request was answered in time. Costs a look into a map; a stale read a look at some versions more. */
  answered({ drawn, version, status, sentUs }: Flight, nowUs: number): void {
    if (drawn === null || version === null || status !== 200) return;
    if (drawn.shape.method === 'PUT') {
      this.#writes++;
      this.#acked.add(drawn.key, version, sentUs, nowUs);
      return;
    }
    this.#reads++;
    if (!this.#acked.writtenBefore(drawn.key, sentUs)) return;
    this.#afterWrite++;
    const newer = this.#acked.superseding(drawn.key, version);
    if (newer === null || newer.ackedUs >= sentUs) return;
    this.#stale++;
    this.#atLeast.record(sentUs - newer.ackedUs);
    this.#atLeastUs = Math.max(this.#atLeastUs, sentUs - newer.ackedUs);
    this.#atMostUs = Math.max(this.#atMostUs, nowUs - newer.startedUs);
  }

  report(): StalenessReport {
    return {
      writes: this.#writes,
      reads: this.#reads,
      afterWrite: this.#afterWrite,
      stale: this.#stale,
      maxMs: { atLeast: this.#atLeastUs / 1e3, atMost: this.#atMostUs / 1e3 },
      atLeastHistogram: this.#atLeast.encode(),
    };
  }

  [Symbol.dispose](): void {
    this.#atLeast[Symbol.dispose]();
  }
}
