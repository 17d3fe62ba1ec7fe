import type { RowChange } from '../../scenarios/strategies/relay.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { AppliedChange, RelayLag } from './protocol.ts';

const WINDOW_US = 100_000;

/** How late changes come, all together and over time, and in which order. */
export class LagRecorder implements Disposable {
  readonly #histogram = new LatencyHistogram();
  #windows: { fromUs: number; applied: number; maxLagUs: number }[] = [];
  #changes: AppliedChange[] = [];

  /** @param nowUs by the same clock as the change's `storedAtUs` */
  record({ key, version, storedAtUs }: RowChange, nowUs: number): void {
    const lagUs = nowUs - storedAtUs;
    this.#histogram.record(lagUs);
    this.#changes.push({ key, order: version ?? storedAtUs, atUs: nowUs });
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
    this.#changes = [];
  }

  read(): { readonly lag: RelayLag; readonly changes: readonly AppliedChange[] } {
    const lag = { histogram: this.#histogram.encode(), windows: this.#windows };
    return { lag, changes: this.#changes };
  }

  [Symbol.dispose](): void {
    this.#histogram[Symbol.dispose]();
  }
}
