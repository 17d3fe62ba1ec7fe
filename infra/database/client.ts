import type { Connection, RowDataPacket } from 'mysql2/promise';
import { SCHEMA } from './accounts.ts';

/** A connection as the user `probe`, so that the counts of the service stay the service's. */
export interface ProbeAccess {
  readonly port: number;
  readonly password: string;
}

const TIMEOUT_MS = 5_000;
/** Above the wait for a lock, which has an error of its own. */
const TRUNCATE_MS = 30_000;

/** One `SELECT 1` on a connection of its own. */
export async function askDatabase(access: ProbeAccess): Promise<void> {
  await withConnection(access, async (connection) => {
    await connection.query({ sql: 'SELECT 1', timeout: TIMEOUT_MS });
  });
}

export interface DatabaseIdentity {
  readonly product: 'mariadb' | 'mysql';
  readonly version: string;
}

/** Asks a server what it is: `10.11.19-MariaDB-deb12-log` or `8.4.3`. */
export async function databaseIdentity(access: ProbeAccess): Promise<DatabaseIdentity> {
  return await withConnection(access, async (connection) => {
    const query = { sql: 'SELECT VERSION() AS version', timeout: TIMEOUT_MS };
    const [[row]] = await connection.query<RowDataPacket[]>(query);
    const text = String(row?.version);
    return {
      product: /mariadb/i.test(text) ? 'mariadb' : 'mysql',
      version: /^\d+(\.\d+)*/.exec(text)?.[0] ?? text,
    };
  });
}

/**
 * Empties every table of the schema and keeps the tables. In the binary log it is one TRUNCATE statement a
 * table, not row events.
 *
 * @throws Error when a server falls silent: after 5 s, or 30 s amid a TRUNCATE
 */
export async function truncateTables(access: ProbeAccess): Promise<void> {
  await withConnection(access, async (connection) => {
    const [tables] = await connection.query<RowDataPacket[]>({
      sql: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
      values: [SCHEMA],
      timeout: TIMEOUT_MS,
    });
    // A transaction left open by a crashed service holds its tables until the server notices.
    await connection.query({
      sql: 'SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0',
      timeout: TIMEOUT_MS,
    });
    for (const { name } of tables) {
      await connection.query({ sql: 'TRUNCATE TABLE ??', values: [name], timeout: TRUNCATE_MS });
    }
  });
}

async function withConnection<T>(
  access: ProbeAccess,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  // Loaded on first use, which is while the server boots: its 100 ms then cost nothing.
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    host: '127.0.0.1',
    port: access.port,
    user: 'probe',
    password: access.password,
    database: SCHEMA,
    connectTimeout: TIMEOUT_MS,
  });
  try {
    const result = await use(connection);
    await connection.end();
    return result;
  } finally {
    connection.destroy();
  }
}
