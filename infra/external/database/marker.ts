import type { Connection, RowDataPacket } from 'mysql2/promise';
import { isToken } from '../token.ts';

/** By this table a run's schema can be told from other people's: its comment says whose it is. */
export const MARKER_TABLE = 'cachestorm_run';

/**
 * Whose a schema is. Written in one statement, so that there is no table without it. It names nothing that is not the
 * run's own: users and queues are named after its token.
 */
export interface Marker {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly token: string;
  readonly schema: string;
  /** Whether the schema was not there before. */
  readonly madeSchema: boolean;
  /** The broker on which the run has queues; `null`: on none. */
  readonly broker: MarkedBroker | null;
}

export interface MarkedBroker {
  /** `host:port/vhost`. */
  readonly at: string;
  /** What the names of all queues begin with, before the token. */
  readonly prefix: string;
}

/** `null`: there is none, or a table of somebody else. */
export async function readMarker(connection: Connection, schema: string): Promise<Marker | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT table_comment AS comment FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [schema, MARKER_TABLE],
  );
  const marker = row === undefined ? null : parseMarker(String(row.comment));
  // In a copy of the schema it is a copy, too.
  return marker?.schema === schema ? marker : null;
}

export async function writeMarker(connection: Connection, marker: Marker): Promise<void> {
  await connection.query(
    'CREATE TABLE ??.?? (run_id VARCHAR(128) NOT NULL PRIMARY KEY) ENGINE = InnoDB COMMENT = ?',
    [marker.schema, MARKER_TABLE, formatMarker(marker)],
  );
}

/** Without a quote or a backslash, which a server reads as its SQL mode says. */
export function formatMarker({ runId, startedAt, token, schema, madeSchema, broker }: Marker): string {
  return new URLSearchParams({
    ...{ cachestorm: token, run: runId, since: startedAt, schema, made: madeSchema ? 'yes' : 'no' },
    ...(broker === null ? {} : { broker: broker.at, queues: broker.prefix }),
  }).toString();
}

/** `null` for whatever `formatMarker` would not have written. */
export function parseMarker(text: string): Marker | null {
  const fields = new URLSearchParams(text);
  const of = (name: string) => fields.get(name) ?? '';
  const marker: Marker = {
    runId: of('run'),
    startedAt: of('since'),
    token: of('cachestorm'),
    schema: of('schema'),
    madeSchema: of('made') === 'yes',
    broker: fields.has('broker') ? { at: of('broker'), prefix: of('queues') } : null,
  };
  return isToken(marker.token) && formatMarker(marker) === text ? marker : null;
}
