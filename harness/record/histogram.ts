import type { Histogram } from 'hdr-histogram-js';
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  initWebAssemblySync,
} from 'hdr-histogram-js';
import { CachestormError } from '../failure/cachestorm-error.ts';

/** Largest value that is told apart, in microseconds; above it a histogram only says "60 s or more". */
export const MAX_TRACKABLE_US = 60_000_000;

const SIGNIFICANT_DIGITS = 3;

/** A text that is no encoded histogram. */
export class HistogramDecodeError extends CachestormError {
  readonly code = 'E_HISTOGRAM_DECODE';
  readonly failure = 'inconclusive';
}

/**
 * How often each duration occurred: 1 us to 60 s, every value within 0.1% (HdrHistogram, Gil Tene).
 *
 * It lives in WebAssembly memory, which the garbage collector does not see: dispose it (`using`), or
 * its counts stay until the process ends.
 */
export class LatencyHistogram implements Disposable {
  readonly #histogram: Histogram;

  constructor(decoded?: Histogram) {
    // Costs 3 ms once; afterwards it returns at once.
    initWebAssemblySync();
    this.#histogram =
      decoded ??
      build({
        useWebAssembly: true,
        bitBucketSize: 32,
        autoResize: false,
        lowestDiscernibleValue: 1,
        highestTrackableValue: MAX_TRACKABLE_US,
        numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
      });
  }

  /**
   * @param encoded HDR V2 compressed base64, of any HdrHistogram implementation
   * @throws HistogramDecodeError
   */
  static decode(encoded: string): LatencyHistogram {
    initWebAssemblySync();
    try {
      return new LatencyHistogram(decodeFromCompressedBase64(encoded, 32, true));
    } catch (cause) {
      throw new HistogramDecodeError(`not an encoded histogram: ${JSON.stringify(encoded.slice(0, 40))}`, {
        cause,
      });
    }
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Microseconds, or `null` when nothing was recorded. */
  get max(): number | null {
    return this.count === 0 ? null : this.#histogram.maxValue;
  }

  /**
   * @param valueUs rounded to whole microseconds, below 0 counted as 0, above 60 s as 60 s
   * @throws RangeError on NaN, which would otherwise be counted as 0
   */
  record(valueUs: number): void {
    if (Number.isNaN(valueUs)) throw new RangeError('cannot record NaN microseconds');
    this.#histogram.recordValue(Math.min(MAX_TRACKABLE_US, Math.max(0, Math.round(valueUs))));
  }

  /**
   * The value that so many percent of all values do not exceed.
   *
   * @param percent 0 to 100
   * @returns microseconds, or `null` when nothing was recorded
   */
  percentile(percent: number): number | null {
    if (this.count === 0) return null;
    return Math.min(this.#histogram.getValueAtPercentile(percent), this.#histogram.maxValue);
  }

  /**
   * The share of values above `valueUs`, 0 to 1, within the resolution of 0.1% of the value.
   *
   * @returns `null` when nothing was recorded
   */
  fractionAbove(valueUs: number): number | null {
    const { count } = this;
    if (count === 0) return null;
    // The library gives values for ranks, not ranks for values: search for the last rank not above.
    let notAbove = 0;
    let above = count + 1;
    while (above - notAbove > 1) {
      const rank = Math.floor((notAbove + above) / 2);
      // Half a rank below: the library rounds the rank up, and a product just over it would be the next.
      if (this.#histogram.getValueAtPercentile((100 * (rank - 0.5)) / count) <= valueUs) notAbove = rank;
      else above = rank;
    }
    return (count - notAbove) / count;
  }

  /** Adds the other's values to this one's. */
  merge(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  /** Forgets all values. */
  reset(): void {
    this.#histogram.reset();
  }

  /** HDR V2 compressed base64: readable by the HdrHistogram of any language. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  /** Any use afterwards throws. */
  [Symbol.dispose](): void {
    this.#histogram.destroy();
  }
}
