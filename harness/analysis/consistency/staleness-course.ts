/** One stretch of the storm; a read belongs to that in which it began. */
export interface StalenessWindow {
  /** Since the storm's start. */
  readonly tMs: number;
  readonly reads: number;
  readonly stale: number;
  /** Of the stalest read, at least; 0 when none was stale. */
  readonly maxMs: number;
}

/** How staleness went on over time. */
export class StalenessCourse {
  readonly #windowUs: number;
  readonly #windows: { reads: number; stale: number; maxUs: number }[] = [];

  constructor(windowMs: number) {
    this.#windowUs = windowMs * 1e3;
  }

  read(startUs: number): void {
    this.#at(startUs).reads++;
  }

  stale(startUs: number, atLeastUs: number): void {
    const window = this.#at(startUs);
    window.stale++;
    if (atLeastUs > window.maxUs) window.maxUs = atLeastUs;
  }

  result(): StalenessWindow[] {
    return this.#windows.map(({ reads, stale, maxUs }, index) => ({
      ...{ tMs: (index * this.#windowUs) / 1e3, reads, stale, maxMs: maxUs / 1e3 },
    }));
  }

  #at(startUs: number): { reads: number; stale: number; maxUs: number } {
    const index = Math.max(0, Math.floor(startUs / this.#windowUs));
    while (this.#windows.length <= index) this.#windows.push({ reads: 0, stale: 0, maxUs: 0 });
    return this.#windows[index] as { reads: number; stale: number; maxUs: number };
  }
}
