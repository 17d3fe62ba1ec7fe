import { LatencyHistogram } from '../record/histogram.ts';
import type { Flight } from './flight.ts';
import type { LoadWindow } from './protocol.ts';
import { type Outcome, Tally } from './tally.ts';

/** So many response times are kept as numbers, 8 bytes each, before windows are encoded under way. */
const RAW_LIMIT = 200_000;
/** More than one for each that is added, so that a delay is made up for. */
const ENCODED_AT_ONCE = 2;

/** What a timeline needs to know of a flight. */
type SettledFlight = Pick<Flight, 'intendedUs' | 'right'>;

/**
 * A load's course: its requests by the window of their intended send time.
 *
 * Response times are kept raw: a histogram per window takes 70 KB and a call into WebAssembly per request,
 * a number 8 bytes. A short load is thus encoded after its end, when nothing is measured any more. A long
 * one's oldest windows are encoded under way, 0.1 ms each, so that its memory does not grow with its requests:
 *
 * ```
 * | encoded | encoded | all settled, raw | one on its way, raw | still offered to |
 *   <---- as the limit of raw numbers demands, oldest first
 * ```
 */
export class Timeline {
  readonly #windowUs: number;
  readonly #rawLimit: number;
  readonly #windows: Window[] = [];
  #firstRaw = 0;
  #rawCount = 0;

  /** @param rawLimit @default 200,000 */
  constructor(windowMs: number, rawLimit = RAW_LIMIT) {
    this.#windowUs = windowMs * 1e3;
    this.#rawLimit = rawLimit;
  }

  /** Must be called in the order of the intended times: a window is over when a later one begins. */
  offered(intendedUs: number): void {
    const before = this.#windows.length;
    const window = this.#windowAt(intendedUs);
    window.tally.offered++;
    window.unsettled++;
    if (this.#windows.length > before && this.#rawCount > this.#rawLimit) this.#encodeSettled();
  }

  /** @param responseUs `null` for what has no place among the latencies */
  settled(flight: SettledFlight, outcome: Outcome, responseUs: number | null): void {
    const window = this.#windowAt(flight.intendedUs);
    window.tally[outcome]++;
    if (outcome === 'completed' && flight.right) window.good++;
    window.unsettled--;
    if (responseUs === null) return;
    if (window.responsesUs === null) throw new Error('a request was settled twice, or offered out of order');
    window.responsesUs.push(responseUs);
    this.#rawCount++;
  }

  /** All windows of the duration, the empty ones too: a gap in the timeline is a finding. */
  encoded(durationMs: number): LoadWindow[] {
    const count = Math.max(this.#windows.length, Math.ceil((durationMs * 1e3) / this.#windowUs));
    if (count > 0) this.#windowAt((count - 0.5) * this.#windowUs);
    using histogram = new LatencyHistogram();
    return this.#windows.map((window, index) => {
      const { offered, completed, failed, timeout } = window.tally;
      const tMs = (index * this.#windowUs) / 1e3;
      const responseHistogram = window.encoded ?? encodeRaw(window.responsesUs ?? [], histogram);
      return { tMs, offered, completed, failed, timeout, good: window.good, responseHistogram };
    });
  }

  /** The oldest first; the rest waits for the next window, so that no request waits for long. */
  #encodeSettled(): void {
    using histogram = new LatencyHistogram();
    for (let turn = 0; turn < ENCODED_AT_ONCE && this.#rawCount > this.#rawLimit; turn++) {
      const window = this.#windows[this.#firstRaw];
      if (window?.responsesUs == null || window.unsettled > 0) return;
      window.encoded = encodeRaw(window.responsesUs, histogram);
      this.#rawCount -= window.responsesUs.length;
      window.responsesUs = null;
      this.#firstRaw++;
    }
  }

  #windowAt(intendedUs: number): Window {
    const index = Math.floor(intendedUs / this.#windowUs);
    while (this.#windows.length <= index) {
      this.#windows.push({ tally: new Tally(), good: 0, unsettled: 0, responsesUs: [], encoded: null });
    }
    return this.#windows[index] as Window;
  }
}

interface Window {
  readonly tally: Tally;
  good: number;
  unsettled: number;
  /** `null` once it is encoded. */
  responsesUs: number[] | null;
  encoded: string | null;
}

function encodeRaw(responsesUs: readonly number[], histogram: LatencyHistogram): string {
  histogram.reset();
  for (const responseUs of responsesUs) histogram.record(responseUs);
  return histogram.encode();
}
