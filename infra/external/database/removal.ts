// Loaded by the guardian, once the harness is gone.
import { connect } from './connection.ts';
import {
  contentsOf,
  dismantle,
  dropUsers,
  MARKER_TABLE,
  readMarker,
  schemaExists,
  takeLock,
} from './possession.ts';

/** What a run has in a database. */
export interface DatabaseRemains {
  /** With the user's own credentials, and no schema. */
  readonly url: string;
  readonly schema: string;
  readonly runId: string;
  readonly madeSchema: boolean;
  readonly users: readonly string[];
}

/** For the connection of a run that has just been killed to be seen to be gone. */
const LOCK_SEC = 10;

/** Removes all of a run from its schema, if it still is that run's, and its users. */
export async function remove({ url, schema, runId, madeSchema, users }: DatabaseRemains): Promise<void> {
  const connection = await connect(url);
  try {
    // Their names are nobody else's, whoever has the schema.
    await dropUsers(connection, users);
    if (!(await schemaExists(connection, schema))) return;
    const found = await readMarker(connection, schema);
    // Whoever else has it holds the lock for as long as it takes.
    if (found !== null && found.runId !== runId) return;
    if (!(await takeLock(connection, schema, LOCK_SEC))) return;
    const marker = await readMarker(connection, schema);
    if (marker?.runId === runId) await dismantle(connection, schema, marker);
    if (marker !== null) return;
    // Killed before its marker was written: it had made no more than an empty schema, or an empty marker.
    const contents = await contentsOf(connection, schema);
    if (madeSchema && contents.every((name) => name === MARKER_TABLE))
      await dismantle(connection, schema, { users: [], madeSchema });
  } finally {
    connection.destroy();
  }
}
