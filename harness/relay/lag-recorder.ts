import { LatencyHistogram } from '../record/histogram.ts';
import type { LagWindow, RelayLag } from './protocol.ts';

const WINDOW_US = 100_000;

/** How late changes come, all together and over time. */
export class LagRecorder implements Disposable {
  readonly #histogram = new LatencyHistogram();
  #windows: { fromUs: number; applied: number; maxLagUs: number }[] = [];

  /** @param storedAtUs when the change was sent, by the same clock as `nowUs` */
  record(storedAtUs: number, nowUs: number): void {
    const lagUs = nowUs - storedAtUs;
    this.#histogram.record(lagUs);
    const fromUs = Math.floor(nowUs / WINDOW_US) * WINDOW_US;
    const last = this.#windows.at(-1);
    if (last?.fromUs !== fromUs) this.#windows.push({ fromUs, applied: 1, maxLagUs: lagUs });
    else {
      last.applied++;
      last.maxLagUs = Math.max(last.maxLagUs, lagUs);
    }
  }

  restart(): void {
    this.#histogram.reset();
    this.#windows = [];
  }

  read(): RelayLag {
    const windows: readonly LagWindow[] = [...this.#windows];
    return { histogram: this.#histogram.encode(), windows };
  }

  [Symbol.dispose](): void {
    this.#histogram[Symbol.dispose]();
  }
}
