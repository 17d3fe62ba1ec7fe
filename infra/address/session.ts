import type { Connection, Pool } from 'mysql2/promise';

/**
 * What a connection needs whatever the server's owner has set for everybody: `wait_timeout` cuts whoever has had nothing
 * to say for so long, and is the longest that there is; the others would leave writes uncommitted, rows out of answers,
 * and connections closed after a transaction.
 */
export const OUR_SESSION =
  'SET SESSION wait_timeout = 2147483, autocommit = 1, sql_select_limit = 18446744073709551615, completion_type = 0';

export async function setSession(connection: Connection): Promise<void> {
  await connection.query(OUR_SESSION);
}

/** Likewise all connections of a pool, before anything else is said on them. */
export function setAllSessions(pool: Pool): void {
  // One that fails is lost, and told by what is asked of it next.
  pool.pool.on('connection', (connection) => connection.query(OUR_SESSION, () => undefined));
}
