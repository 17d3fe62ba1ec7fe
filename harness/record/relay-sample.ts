import type { DatabaseCounters } from '../probes/database.ts';
import type { RelayLag, RelayReport } from '../relay/protocol.ts';

export interface RelayName {
  /** Of the relay, within its strategy. */
  readonly relay: string;
  /** Of its process, from 0. */
  readonly index: number;
}

/** What a trial recorded of its relays. */
export interface RelaysSample {
  /** One account per place of a relay, of all its processes together, and what it was before the storm. */
  readonly processes: readonly (RelayName & {
    readonly before: RelayReport;
    readonly after: RelayReport;
    /** Since the storm's start; of the process that lives, when others were killed. */
    readonly lag: RelayLag;
  })[];
  /**
   * Changes that were applied after a newer one of their row, in the storm and until all was carried on. What relays
   * had applied that were killed is not among those looked at. Absent from samples of earlier versions.
   */
  readonly overtaken?: number;
  /** Statements of the relays' user as the database counted them; the heartbeats of the binary log are among them. */
  readonly statements: { readonly before: DatabaseCounters; readonly after: DatabaseCounters };
  /** Whether everything that was written had been carried on in the end; if not, nothing moved any more for 15 s. */
  readonly idle: boolean;
  /** When that was seen, monotonic microseconds. */
  readonly settledAtUs: number;
}
