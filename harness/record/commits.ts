/** What the database committed in the course of a trial, as its binary log tells it: the truth that a history is held against. */

/** In the order of the commits, column by column, since there may be many. */
export interface Commits {
  /** Of the rows that were committed, each once. */
  readonly keys: readonly string[];
  /** For each commit, which of them. */
  readonly keyOf: readonly number[];
  /** Whose value: see harness/record/history/write-ids.ts. */
  readonly writeIds: readonly number[];
  readonly versions: readonly number[];
}

/** Gathers commits one by one. */
export class CommitsRecorder {
  readonly #indices = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #keyOf: number[] = [];
  readonly #writeIds: number[] = [];
  readonly #versions: number[] = [];

  add(key: string, writeId: number, version: number): void {
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#keys.length;
      this.#indices.set(key, index);
      this.#keys.push(key);
    }
    this.#keyOf.push(index);
    this.#writeIds.push(writeId);
    this.#versions.push(version);
  }

  commits(): Commits {
    return {
      keys: this.#keys,
      keyOf: this.#keyOf,
      writeIds: this.#writeIds,
      versions: this.#versions,
    };
  }
}
