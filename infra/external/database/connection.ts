import type { Connection } from 'mysql2/promise';
import { mysqlOptions } from '../../address/mysql-address.ts';
import { setSession } from '../../address/session.ts';

const CONNECT_MS = 5_000;

export async function connect(url: string): Promise<Connection> {
  // Loaded on first use: a run on servers of its own does without.
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ ...mysqlOptions(url), connectTimeout: CONNECT_MS });
  // Without a listener a lost connection ends the process; the next statement reports it.
  connection.on('error', () => undefined);
  try {
    await setSession(connection);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
