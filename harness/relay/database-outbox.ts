import { createPool, type RowDataPacket } from 'mysql2/promise';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { setAllSessions } from '../../infra/address/session.ts';
import type { Outbox } from '../../scenarios/strategies/relay.ts';

export interface OutboxStats {
  readonly reads: number;
  readonly writes: number;
  readonly inFlight: number;
}

export interface CountedOutbox extends Outbox, AsyncDisposable {
  readonly stats: OutboxStats;
  /** Whether there is anything in it. Not among the counts. */
  isEmpty(): Promise<boolean>;
}

// The row of a version is locked until its commit, so of one key the ids rise with the versions. Rows of other keys may
// be committed out of the order of their ids: nobody may skip to behind the highest that was seen.
const TAKE = 'SELECT id, item_id, value, version, stored_us FROM outbox ORDER BY id LIMIT ?';
const REMOVE = 'DELETE FROM outbox WHERE id IN (?)';
const ANY = 'SELECT EXISTS (SELECT 1 FROM outbox) AS found';

interface OutboxRow extends RowDataPacket {
  readonly id: number;
  readonly item_id: string;
  readonly value: string;
  readonly version: number;
  readonly stored_us: number;
}

/** The outbox table, over connections of its own. Connects with the first question. */
export function databaseOutbox(url: string, onCount: () => void): CountedOutbox {
  const pool = createPool({
    ...mysqlOptions(url),
    connectionLimit: 2,
    connectTimeout: 5_000,
    maxPreparedStatements: 1,
  });
  setAllSessions(pool);
  const stats = { reads: 0, writes: 0, inFlight: 0 };
  async function counted<T>(kind: 'reads' | 'writes', work: () => Promise<T>): Promise<T> {
    stats[kind]++;
    stats.inFlight++;
    onCount();
    try {
      return await work();
    } finally {
      stats.inFlight--;
    }
  }
  return {
    stats,
    take: (limit) =>
      counted('reads', async () => {
        const [rows] = await pool.query<OutboxRow[]>(TAKE, [limit]);
        return rows.map(({ id, item_id, value, version, stored_us }) => ({
          id,
          key: item_id,
          value,
          version,
          storedAtUs: Number(stored_us),
        }));
      }),
    async remove(ids) {
      // An empty list is no SQL.
      if (ids.length > 0) await counted('writes', () => pool.query(REMOVE, [ids]));
    },
    async isEmpty() {
      const [rows] = await pool.query<(RowDataPacket & { readonly found: number })[]>(ANY);
      return rows[0]?.found === 0;
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
