import type { Connection, Pool } from 'mysql2/promise';

/** The longest that there is. `wait_timeout` is of a server, and cuts whoever has had nothing to say for so long. */
export const KEEP_OPEN = 'SET SESSION wait_timeout = 2147483';

/** Has the server keep a connection while nothing is said. */
export async function keepOpen(connection: Connection): Promise<void> {
  await connection.query(KEEP_OPEN);
}

/** Likewise all connections of a pool, before anything else is said on them. */
export function keepAllOpen(pool: Pool): void {
  // One that fails is lost, and told by what is asked of it next.
  pool.pool.on('connection', (connection) => connection.query(KEEP_OPEN, () => undefined));
}
