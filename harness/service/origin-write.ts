/** How a row is written: in one statement, or in a transaction when something else is to happen before its commit. */
import type { PoolConnection, ResultSetHeader } from 'mysql2/promise';
import type { StoreOptions } from '../../scenarios/strategies/strategy.ts';
import { RolledBackError } from './origin-error.ts';

// LAST_INSERT_ID(expr) hands the new version back in the same statement, race-free.
const UPSERT = `INSERT INTO items (id, value, version, stored_us) VALUES (?, ?, LAST_INSERT_ID(1), ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value), version = LAST_INSERT_ID(version + 1), stored_us = VALUES(stored_us)`;
const OUTBOX = 'INSERT INTO outbox (item_id, value, version, stored_us) VALUES (?, ?, ?, ?)';

/** A row as its writer has it. */
export interface StoredRow {
  readonly key: string;
  readonly value: string;
  /** Monotonic microseconds of the machine, whole. */
  readonly storedUs: number;
}

export interface WriteParts {
  readonly connection: PoolConnection;
  readonly row: StoredRow;
  /** Called just before each statement that the server counts as a write. */
  readonly onStatement: () => void;
}

/** One statement, committed by itself. @returns The row's new version. */
export async function upsert({ connection, row, onStatement }: WriteParts): Promise<number> {
  onStatement();
  const [header] = await connection.query<ResultSetHeader>(UPSERT, [row.key, row.value, row.storedUs]);
  return header.insertId;
}

/**
 * The row, the strategy's own step while it is locked, and the outbox, all or nothing.
 *
 * @throws RolledBackError when the strategy's step fails; what the driver throws, when the database does.
 */
export async function upsertInTransaction(
  parts: WriteParts,
  { beforeCommit, outbox = false }: StoreOptions,
): Promise<number> {
  const { connection, row, onStatement } = parts;
  await connection.beginTransaction();
  let version: number;
  try {
    version = await upsert(parts);
    if (beforeCommit !== undefined) await ownStep(beforeCommit, version);
    if (outbox) {
      onStatement();
      await connection.query(OUTBOX, [row.key, row.value, version, row.storedUs]);
    }
  } catch (cause) {
    // Whoever had this connection next would go on with what is left of the transaction.
    await connection.rollback().catch(() => connection.destroy());
    throw cause;
  }
  try {
    await connection.commit();
  } catch (cause) {
    // Committed or not: nobody knows.
    connection.destroy();
    throw cause;
  }
  return version;
}

async function ownStep(step: NonNullable<StoreOptions['beforeCommit']>, version: number): Promise<void> {
  try {
    await step(version);
  } catch (cause) {
    throw new RolledBackError(cause);
  }
}
