import type { RowDataPacket } from 'mysql2/promise';
import { connectToDatabase } from './database-connection.ts';
import { asking } from './probe-error.ts';
import { type Dataset, insertDataset, type Seeding } from './seed.ts';

/** What the database server counted for one user since it started. */
export interface DatabaseCounters {
  readonly reads: number;
  readonly writes: number;
}

/** As errors name it. */
export const DATABASE = 'the database';

/** Each question throws a `ProbeError` when it is not answered. */
export interface DatabaseProbe extends AsyncDisposable {
  /** Statements that the server finished for the service's user. */
  read(): Promise<DatabaseCounters>;
  /**
   * Replaces the dataset, and empties the outbox.
   *
   * @throws ProbeError, SeedError, or the signal's reason
   */
  seed(dataset: Dataset, seeding?: Seeding): Promise<void>;
}

interface PacketRow extends RowDataPacket {
  readonly bytes: number;
}

interface CounterRow extends RowDataPacket {
  readonly name: string;
  readonly count: number | string;
}

// `statement/com/Execute`: a prepared statement, whose kind the server does not tell apart. The built-in
// service prepares nothing; counting it as a read keeps a service that does from looking idle.
const READS = new Set(['statement/sql/select', 'statement/com/Execute']);
const COUNTERS = `SELECT EVENT_NAME AS name, COUNT_STAR AS count
  FROM performance_schema.events_statements_summary_by_user_by_event_name
  WHERE USER = ? AND COUNT_STAR > 0 AND EVENT_NAME IN ('statement/sql/select', 'statement/com/Execute',
    'statement/sql/insert', 'statement/sql/update', 'statement/sql/delete', 'statement/sql/replace')`;

// `stored_us`: when the writer sent it, on the machine's monotonic clock; the binary log has it then, too.
const ITEMS = `CREATE TABLE items (
  id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  value MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  stored_us BIGINT UNSIGNED NOT NULL DEFAULT 0
) ENGINE = InnoDB`;
// Where writers leave their changes, in the transaction that makes them (`StoreOptions.outbox`).
const OUTBOX = `CREATE TABLE outbox (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  item_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  stored_us BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB`;

/**
 * Ground truth about the database, over a user of its own so that its queries are not among those counted.
 *
 * @param serviceUser The database user whose statements count.
 */
export async function connectDatabaseProbe(url: string, serviceUser: string): Promise<DatabaseProbe> {
  const connection = await asking(DATABASE, () => connectToDatabase(url));
  return {
    async read() {
      const [rows] = await asking(DATABASE, () => connection.query<CounterRow[]>(COUNTERS, [serviceUser]));
      const counters = { reads: 0, writes: 0 };
      for (const { name, count } of rows) counters[READS.has(name) ? 'reads' : 'writes'] += Number(count);
      return counters;
    },
    async seed(dataset, seeding) {
      for (const statement of ['DROP TABLE IF EXISTS items, outbox', ITEMS, OUTBOX])
        await asking(DATABASE, () => connection.query(statement));
      const packet = () => connection.query<PacketRow[]>('SELECT @@max_allowed_packet AS bytes');
      const [[row]] = await asking(DATABASE, packet);
      await insertDataset(connection, dataset, { ...seeding, packetBytes: Number(row?.bytes) });
    },
    [Symbol.asyncDispose]: () => asking(DATABASE, () => connection.end()),
  };
}
