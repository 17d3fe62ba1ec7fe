import type { TrialSample } from './sample.ts';

/**
 * Keeps the samples of a run until they are judged, in case the disk is lost meanwhile. They are kept as on disk, and
 * outside of the heap: its growth would be felt in the storms.
 */
export class SampleShelf {
  readonly #texts: Buffer[] = [];

  add(sample: TrialSample): void {
    this.#texts.push(Buffer.from(JSON.stringify(sample)));
  }

  all(): TrialSample[] {
    return this.#texts.map((text) => JSON.parse(text.toString()) as TrialSample);
  }
}
