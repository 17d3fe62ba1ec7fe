import { type Connection, escape as quoted } from 'mysql2/promise';
import { CachestormError } from '../failure/cachestorm-error.ts';

/** The rows that a scenario begins with: all of version 1. */
export interface Dataset {
  readonly rows: number;
  readonly valueBytes: number;
  readonly keyOf: (n: number) => string;
}

/** What a long seeding listens to, and tells. */
export interface Seeding {
  /** Aborted: what is not written yet is left out. @default never */
  readonly signal?: AbortSignal;
  /** Told how many rows are written, after each batch. */
  readonly onProgress?: (rows: number) => void;
}

/** The database did not take the dataset. */
export class SeedError extends CachestormError {
  readonly code = 'E_SEED';
  readonly failure = 'infrastructure';
  override readonly name = 'SeedError';

  constructor({ rows, valueBytes }: Dataset, from: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : cause;
    const of = `row ${from + 1} of ${rows}, of ${valueBytes} bytes each (dataset.rows, dataset.valueBytes)`;
    super(`the database did not take the dataset at ${of}: ${why}`, { cause });
  }
}

/** Of rows: so short that an interrupt waits for some milliseconds. */
const BATCH_BYTES = 1_000_000;
/** A row's parts beside its value. */
const ROW_BYTES = 100;

/**
 * Inserts the dataset in batches of a megabyte, the next of which is made while the server writes the last.
 *
 * @param seeding with `max_allowed_packet` of the server
 * @throws SeedError, or the signal's reason
 */
export async function insertDataset(
  connection: Pick<Connection, 'query'>,
  dataset: Dataset,
  { packetBytes, signal, onProgress }: Seeding & { readonly packetBytes: number },
): Promise<void> {
  const { rows, valueBytes, keyOf } = dataset;
  // Half of what the server takes: keys may be longer than they mostly are.
  const batchBytes = Math.min(BATCH_BYTES, packetBytes / 2);
  const batchRows = Math.max(1, Math.floor(batchBytes / (valueBytes + ROW_BYTES)));
  // Sent in full a value would have to be parsed for every row.
  const end = `,REPEAT('x',${valueBytes}),1)`;
  let underWay: Promise<void> = Promise.resolve();
  for (let from = 0; from < rows; from += batchRows) {
    signal?.throwIfAborted();
    const count = Math.min(batchRows, rows - from);
    const values = Array.from({ length: count }, (_, n) => `(${quoted(keyOf(from + n))}${end}`);
    await underWay;
    underWay = connection.query(`INSERT INTO items (id, value, version) VALUES ${values.join()}`).then(
      () => onProgress?.(from + count),
      (cause) => {
        throw new SeedError(dataset, from, cause);
      },
    );
    // It is heard of when the next batch is ready; until then it must not end the process.
    underWay.catch(() => undefined);
  }
  await underWay;
}
