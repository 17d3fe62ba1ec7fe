import type { Connection } from 'mysql2/promise';
import type { Lease } from '../hold.ts';
import { connect } from './connection.ts';
import { hasLock, takeLock } from './possession.ts';

/** A connection that asked for the lock of a schema. */
export interface SchemaLease extends Lease {
  readonly holder: Connection;
  /** Whether it got it. */
  readonly locked: boolean;
}

export async function lockSchema(url: string, schema: string): Promise<SchemaLease> {
  const holder = await connect(url);
  const lost = new Promise((resolve) => holder.once('error', resolve).once('end', resolve));
  try {
    return {
      holder,
      locked: await takeLock(holder, schema, 0),
      lost,
      async confirm() {
        if (!(await hasLock(holder, schema))) throw new Error('the lock was released');
      },
      [Symbol.asyncDispose]: async () => holder.destroy(),
    };
  } catch (error) {
    holder.destroy();
    throw error;
  }
}
