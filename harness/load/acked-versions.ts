/** Times in microseconds since the storm's start. */
export interface Superseding {
  readonly version: number;
  /** When the first write above the versions before this one was known to be done: they are old from then on. */
  readonly ackedUs: number;
  /** When the first such write was sent: before that they were the newest. */
  readonly startedUs: number;
}

/** Beyond it the two oldest of a key are taken together. */
const KEPT = 64;

/**
 * The versions that writers were told of, by key: what a later read has to know. All on the clock of the one
 * process that writes.
 *
 * A key's steps rise in version, and each answers for the versions from the step before up to below its own:
 *
 * ```
 * step      3: acked 40, started 31    5: acked 70, started 52
 * read of   1, 2 -----^                3, 4 ----^                 5 or more: nothing newer
 * ```
 *
 * Steps are kept apart up to a limit, so that memory is bounded by the number of keys. A read older than so many
 * writes of its key still is known to be old; only its bounds are wider than they need be.
 */
export class AckedVersions {
  readonly #steps = new Map<string, { version: number; ackedUs: number; startedUs: number }[]>();
  readonly #kept: number;

  /** @param kept steps a key @default 64 */
  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /** A write was acknowledged. In any order of versions: of two that overlap the later may answer first. */
  add(key: string, version: number, startedUs: number, ackedUs: number): void {
    const steps = this.#steps.get(key);
    if (steps === undefined) {
      this.#steps.set(key, [{ version, ackedUs, startedUs }]);
      return;
    }
    let at = steps.length;
    for (; at > 0; at--) {
      const below = steps[at - 1];
      if (below === undefined || below.version < version) break;
    }
    const above = steps[at];
    if (above?.version !== version) {
      steps.splice(at, 0, {
        version,
        ackedUs: Math.min(ackedUs, above?.ackedUs ?? ackedUs),
        startedUs: Math.min(startedUs, above?.startedUs ?? startedUs),
      });
    }
    // What was below before is below this write too. They fall towards the oldest, so the rest is lower already.
    for (let below = above?.version === version ? at : at - 1; below >= 0; below--) {
      const step = steps[below];
      if (step === undefined || (step.startedUs <= startedUs && step.ackedUs <= ackedUs)) break;
      step.startedUs = Math.min(step.startedUs, startedUs);
      step.ackedUs = Math.min(step.ackedUs, ackedUs);
    }
    const [oldest, second] = steps;
    if (steps.length <= this.#kept || oldest === undefined || second === undefined) return;
    second.startedUs = oldest.startedUs;
    steps.shift();
  }

  /** What made a version old; `null` when nothing newer was acknowledged. */
  superseding(key: string, version: number): Superseding | null {
    const steps = this.#steps.get(key);
    if (steps === undefined) return null;
    let at = steps.length;
    for (; at > 0; at--) {
      const below = steps[at - 1];
      if (below === undefined || below.version <= version) break;
    }
    return steps[at] ?? null;
  }

  /** Whether any write of the key was acknowledged before a moment. */
  writtenBefore(key: string, atUs: number): boolean {
    const [oldest] = this.#steps.get(key) ?? [];
    return oldest !== undefined && oldest.ackedUs < atUs;
  }
}
