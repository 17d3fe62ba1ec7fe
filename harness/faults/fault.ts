/** What a scenario does to its servers during the storm. Plain data: it travels in scenarios and plans. */
export type Fault = FlushFault;

/** Redis loses everything that it holds (`FLUSHALL`). Cannot be undone, and over at once. */
export interface FlushFault {
  readonly kind: 'flush';
  /** Since the storm's start. */
  readonly atMs: number;
}

/** A fault as it came about. Monotonic microseconds. */
export interface FaultRecord {
  /** Of the fault, for thresholds and reports: its kind, numbered when there are several of it. */
  readonly name: string;
  readonly kind: Fault['kind'];
  /** When it began: just before the server was asked to. */
  readonly fromUs: number;
  /** When it was over: here, when the server had confirmed. */
  readonly toUs: number;
}

/** Names for the faults of a scenario, in its order. */
export function faultNames(faults: readonly Pick<Fault, 'kind'>[]): string[] {
  return faults.map(({ kind }, index) => {
    const alike = faults.filter((fault) => fault.kind === kind).length;
    const nth = faults.slice(0, index + 1).filter((fault) => fault.kind === kind).length;
    return alike === 1 ? kind : `${kind}-${nth}`;
  });
}
