import type { RowChange } from '../../scenarios/strategies/relay.ts';
import type { LoggedRow } from './log-reader.ts';

/** The table of the dataset. */
export const ITEMS = 'items';

/** A logged row of the dataset. */
export interface CommittedRow extends RowChange {
  readonly version: number;
}

export function committedRow({ columns }: LoggedRow): CommittedRow {
  const { id, value, version, stored_us } = columns;
  return {
    key: String(id),
    value: String(value),
    version: Number(version),
    storedAtUs: Number(stored_us ?? 0),
  };
}
