import { LatencyHistogram } from '../record/histogram.ts';
import type { Flight } from './flight.ts';
import type { StreamReport } from './protocol.ts';
import { type Outcome, Tally } from './tally.ts';

/** What came of one stream's requests. */
export class StreamTally implements Disposable {
  readonly #counts = new Tally();
  readonly #response = new LatencyHistogram();
  #good = 0;
  #falseNotFound = 0;
  #neverSent = 0;

  offered(): void {
    this.#counts.offered++;
  }

  /** @param responseUs `null` for an outcome that no latency is recorded of */
  settled(flight: Flight, outcome: Outcome, responseUs: number | null): void {
    this.#counts[outcome]++;
    if (outcome === 'timeout' && !flight.everSent) this.#neverSent++;
    if (responseUs !== null) this.#response.record(responseUs);
    if (outcome !== 'completed') return;
    if (flight.right) this.#good++;
    else if (flight.exists && flight.status === 404) this.#falseNotFound++;
  }

  report(distinctKeys: number): StreamReport {
    return {
      counts: { ...this.#counts },
      good: this.#good,
      falseNotFound: this.#falseNotFound,
      neverSent: this.#neverSent,
      distinctKeys,
      responseHistogram: this.#response.encode(),
    };
  }

  [Symbol.dispose](): void {
    this.#response[Symbol.dispose]();
  }
}
