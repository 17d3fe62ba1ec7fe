// Loaded by the guardian, once the harness is gone.
import { connect } from './connection.ts';
import { readMarker } from './marker.ts';
import {
  type BrokerOfRun,
  dismantle,
  dropEmptySchema,
  dropUsers,
  schemaExists,
  takeLock,
} from './possession.ts';

/** What a run has in a database. */
export interface DatabaseRemains {
  /** With the user's own credentials, and no schema. */
  readonly url: string;
  readonly schema: string;
  readonly token: string;
  readonly madeSchema: boolean;
  readonly broker: BrokerOfRun | null;
}

/** For the connection of a run that has just been killed to be seen to be gone. */
const LOCK_SEC = 10;

/**
 * Removes all of a run from its schema, if it still is that run's, and its users.
 *
 * @throws Error when the schema can't be had
 */
export async function remove({ url, schema, token, madeSchema, broker }: DatabaseRemains): Promise<void> {
  const connection = await connect(url);
  try {
    // Their names are nobody else's, whoever has the schema.
    await dropUsers(connection, token);
    if (!(await schemaExists(connection, schema))) return;
    const found = await readMarker(connection, schema);
    // Whoever else has it holds the lock for as long as it takes.
    if (found !== null && found.token !== token) return;
    if (!(await takeLock(connection, schema, LOCK_SEC)))
      throw new Error(
        `somebody else holds the lock of the schema ${schema}; the next run there removes what is left`,
      );
    const marker = await readMarker(connection, schema);
    if (marker?.token === token) await dismantle(connection, marker, broker);
    // Killed before its marker was written: it had made no more than the schema.
    else if (marker === null && madeSchema) await dropEmptySchema(connection, schema);
  } finally {
    connection.destroy();
  }
}
