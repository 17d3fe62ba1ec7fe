/** What one instance answered for one key when all was quiet. */
export interface AuditedRead {
  readonly key: string;
  /** Which of the instances, from 0. */
  readonly instance: number;
  /** Whose value it is; see harness/record/history/write-ids.ts. `null`: the read was refused or failed. */
  readonly writeId: number | null;
  /** As the answer said it came about (`x-cache`). */
  readonly source: string | null;
}

/** One look at the rows of a trial, through every instance. */
export interface Audit {
  /** When the last of its answers was there, monotonic microseconds. */
  readonly endedAtUs: number;
  readonly reads: readonly AuditedRead[];
}
