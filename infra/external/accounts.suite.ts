/** The users of a run on a database of somebody else. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { externalDatabase } from './database.ts';
import { ALL_NEEDS, startForTest, type TheirDatabase } from './testing.ts';

const SCHEMA = 'accounts';

export function accountsSuite(theirsOf: () => TheirDatabase): void {
  it('has a user for each role, who may do his work, whose statements are counted, and who is dropped', async () => {
    const { url, admin } = theirsOf();
    await admin.query('CREATE SCHEMA IF NOT EXISTS theirs');
    await admin.query('CREATE TABLE IF NOT EXISTS theirs.items (id INT PRIMARY KEY)');
    const stack = await startForTest(externalDatabase({ url, schema: SCHEMA, needs: ALL_NEEDS }));
    const database = stack.get('database');
    const connect = (role: 'service' | 'relay' | 'probe') => createConnection({ uri: database.url(role) });
    const [service, relay, probe] = await Promise.all([
      connect('service'),
      connect('relay'),
      connect('probe'),
    ]);
    try {
      await service.query('CREATE TABLE items (id INT PRIMARY KEY, value INT, version INT, stored_us INT)');
      await expect(service.query('SELECT * FROM theirs.items')).rejects.toThrow(/denied/i);
      await expect(service.query('SHOW BINARY LOGS')).rejects.toThrow(/denied/i);
      await expect(probe.query('SELECT * FROM mysql.user')).rejects.toThrow(/denied/i);
      await relay.query('SHOW MASTER STATUS');
      for (let n = 0; n < 7; n++) await service.query('SELECT * FROM items');
      await admin.query(`SELECT * FROM ${SCHEMA}.items`);
      const { username } = new URL(database.url('service'));
      const counted = async () => {
        const [rows] = await probe.query<RowDataPacket[]>(
          `SELECT COUNT_STAR AS n FROM performance_schema.events_statements_summary_by_user_by_event_name
           WHERE USER = ? AND EVENT_NAME = 'statement/sql/select'`,
          [username],
        );
        return Number(rows[0]?.n);
      };
      // The one that was refused is counted, too.
      await expect.poll(counted, { timeout: 10_000 }).toBe(7 + 1);
      expect(username).not.toBe(new URL(database.url('relay')).username);
    } finally {
      for (const connection of [service, relay, probe]) connection.destroy();
      await stack[Symbol.asyncDispose]();
    }
    await expect(connect('service')).rejects.toThrow(/denied/i);
  });
}
