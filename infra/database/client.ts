import type { Connection, RowDataPacket } from 'mysql2/promise';
import { SCHEMA } from './accounts.ts';

/** A connection as the user `probe`, so that the counts of the service stay the service's. */
export interface ProbeAccess {
  readonly port: number;
  readonly password: string;
}

const TIMEOUT_MS = 5_000;

/** One `SELECT 1` on a connection of its own. */
export async function askDatabase(access: ProbeAccess): Promise<void> {
  await withConnection(access, async (connection) => {
    await connection.query({ sql: 'SELECT 1', timeout: TIMEOUT_MS });
  });
}

/**
 * Empties every table of the schema and keeps the tables. In the binary log it is one TRUNCATE statement a
 * table, not row events.
 */
export async function truncateTables(access: ProbeAccess): Promise<void> {
  await withConnection(access, async (connection) => {
    const [tables] = await connection.query<RowDataPacket[]>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
      [SCHEMA],
    );
    // A transaction left open by a crashed service holds its tables until the server notices.
    await connection.query('SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0');
    for (const table of tables) await connection.query('TRUNCATE TABLE ??', [table.name]);
  });
}

async function withConnection(
  access: ProbeAccess,
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
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
    await use(connection);
    await connection.end();
  } finally {
    connection.destroy();
  }
}
