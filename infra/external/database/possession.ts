import { createHash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';

/** What a run made: by this table it can be told from other people's, and removed when the run is dead. */
export const MARKER_TABLE = 'cachestorm_run';
/** Tables that a run makes in its schema. Whatever else appears there is not its own. */
export const OWN_TABLES: readonly string[] = ['items', 'outbox', 'relay_heartbeats'];

export interface Marker {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Names of the users that the run has made, or was about to make. */
  readonly users: readonly string[];
  /** Whether the schema was not there before. */
  readonly madeSchema: boolean;
}

interface MarkerRow extends RowDataPacket {
  readonly run_id: string;
  readonly started_at: string;
  readonly users: string;
  readonly made_schema: number;
}

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

export async function writeMarker(connection: Connection, schema: string, marker: Marker): Promise<void> {
  await connection.query(
    `CREATE TABLE ??.?? (run_id VARCHAR(128) NOT NULL PRIMARY KEY, started_at VARCHAR(32) NOT NULL,
      users VARCHAR(255) NOT NULL, made_schema TINYINT NOT NULL) ENGINE = InnoDB`,
    [schema, MARKER_TABLE],
  );
  const { runId, startedAt, users, madeSchema } = marker;
  const row = [runId, startedAt, users.join(','), madeSchema ? 1 : 0];
  await connection.query('INSERT INTO ??.?? VALUES (?)', [schema, MARKER_TABLE, row]);
}

/** How a server says that there is no such table, or one of somebody else; a server that goes down says other things. */
const NO_MARKER = /^ER_(NO_SUCH_TABLE|BAD_DB_ERROR|BAD_FIELD_ERROR|(TABLE|DB)ACCESS_DENIED)/;

/** `null`: there is none, or its run was killed before it had made anything else. */
export async function readMarker(connection: Connection, schema: string): Promise<Marker | null> {
  const sql = 'SELECT run_id, started_at, users, made_schema FROM ??.??';
  const [rows] = await connection.query<MarkerRow[]>(sql, [schema, MARKER_TABLE]).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && NO_MARKER.test(String(error.code))) return [[]];
    throw error;
  });
  const [row] = rows;
  if (row === undefined) return null;
  const { run_id: runId, started_at: startedAt, users, made_schema: made } = row;
  return { runId, startedAt, users: users.split(',').filter((name) => name !== ''), madeSchema: made === 1 };
}

/** Removes what a run made: its users, its tables, its marker, and the schema if that was not there and is empty. */
export async function dismantle(
  connection: Connection,
  schema: string,
  { users, madeSchema }: Pick<Marker, 'users' | 'madeSchema'>,
): Promise<void> {
  // A transaction left open by a killed service holds its tables until the server notices.
  await connection.query('SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0');
  await dropUsers(connection, users);
  for (const table of OWN_TABLES) await connection.query('DROP TABLE IF EXISTS ??.??', [schema, table]);
  // Last: as long as anything is left, another run can tell whose it was.
  await connection.query('DROP TABLE IF EXISTS ??.??', [schema, MARKER_TABLE]);
  if (madeSchema && (await contentsOf(connection, schema)).length === 0)
    await connection.query('DROP SCHEMA IF EXISTS ??', [schema]);
}

export async function dropUsers(connection: Connection, users: readonly string[]): Promise<void> {
  for (const user of users) await connection.query("DROP USER IF EXISTS ?@'%'", [user]);
}
