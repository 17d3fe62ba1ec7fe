import { createHash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { ownPrefix, removeQueues } from '../rabbitmq/possession.ts';
import { ROLES, userName } from './account.ts';
import { MARKER_TABLE, type Marker } from './marker.ts';

/**
 * Tables that a run makes in its schema, with their columns (`harness/probes/database.ts`,
 * `harness/change-log/heartbeat.ts`). Whatever else appears there is not its own.
 */
const OWN_TABLES: Readonly<Record<string, string>> = {
  items: 'id,value,version,stored_us',
  outbox: 'id,item_id,value,version,stored_us',
  relay_heartbeats: 'relay,beat_us',
};

/** Taken by whoever uses or removes a schema; the server lets it go with the connection that holds it. */
export function lockName(schema: string): string {
  // 64 characters at most.
  return `cachestorm-${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

export async function takeLock(connection: Connection, schema: string, waitSec: number): Promise<boolean> {
  const sql = 'SELECT GET_LOCK(?, ?) AS taken';
  const [rows] = await connection.query<RowDataPacket[]>(sql, [lockName(schema), waitSec]);
  return Number(rows[0]?.taken) === 1;
}

export async function hasLock(connection: Connection, schema: string): Promise<boolean> {
  const sql = 'SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS held';
  const [rows] = await connection.query<RowDataPacket[]>(sql, [lockName(schema)]);
  return Number(rows[0]?.held) === 1;
}

export async function isTaken(connection: Connection, schema: string): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT IS_FREE_LOCK(?) AS free', [
    lockName(schema),
  ]);
  return Number(rows[0]?.free) === 0;
}

export async function schemaExists(connection: Connection, schema: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM information_schema.schemata WHERE schema_name = ?';
  const [rows] = await connection.query<RowDataPacket[]>(sql, [schema]);
  return rows.length > 0;
}

/** Tables, views, routines and events of a schema. */
export async function contentsOf(connection: Connection, schema: string): Promise<string[]> {
  const sql = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?
    UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = ?
    UNION ALL SELECT event_name FROM information_schema.events WHERE event_schema = ?`;
  const [rows] = await connection.query<RowDataPacket[]>(sql, [schema, schema, schema]);
  return rows.map(({ name }) => String(name)).sort();
}

/** Those tables of a schema that are as a run makes them; in a schema that a marker shows to be a run's, they are its own. */
export async function ownTables(connection: Connection, schema: string): Promise<string[]> {
  const names = Object.keys(OWN_TABLES);
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
    [schema],
  );
  const [columns] = await connection.query<RowDataPacket[]>(
    `SELECT table_name AS name, column_name AS col FROM information_schema.columns
     WHERE table_schema = ? AND table_name IN (?) ORDER BY ordinal_position`,
    [schema, names],
  );
  const columnsOf = (table: string) => columns.filter(({ name }) => name === table).map(({ col }) => col);
  const isThere = (table: string) => tables.some(({ name }) => name === table);
  return names.filter((table) => isThere(table) && columnsOf(table).join() === OWN_TABLES[table]);
}

/** The broker on which a run may have queues, as it is reached now. */
export interface BrokerOfRun {
  readonly url: string;
  /** `host:port/vhost`. */
  readonly at: string;
}

/**
 * Removes what a run made: its users, its tables, its queues, its marker, and the schema if that was not there and is
 * empty. The marker goes last: as long as anything is left, another run can tell whose it was.
 *
 * @param broker where the queues are
 */
export async function dismantle(
  connection: Connection,
  { schema, token, madeSchema, broker: marked }: Marker,
  broker: BrokerOfRun | null,
): Promise<void> {
  // A transaction left open by a killed service holds its tables until the server notices.
  await connection.query('SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0');
  await dropUsers(connection, token);
  for (const table of await ownTables(connection, schema))
    await connection.query('DROP TABLE IF EXISTS ??.??', [schema, table]);
  if (marked !== null) {
    if (broker?.at !== marked.at)
      throw new Error(`the queues of this run are on another broker: ${marked.at}`);
    await removeQueues(broker.url, ownPrefix(marked.prefix, token));
  }
  await connection.query('DROP TABLE IF EXISTS ??.??', [schema, MARKER_TABLE]);
  if (madeSchema) await dropEmptySchema(connection, schema);
}

export async function dropEmptySchema(connection: Connection, schema: string): Promise<void> {
  if ((await contentsOf(connection, schema)).length === 0)
    await connection.query('DROP SCHEMA IF EXISTS ??', [schema]);
}

export async function dropUsers(connection: Connection, token: string): Promise<void> {
  for (const role of ROLES) await connection.query("DROP USER IF EXISTS ?@'%'", [userName(role, token)]);
}
