import { createPool, type RowDataPacket } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { connect } from '../external/database/connection.ts';
import { startTheirDatabase } from '../external/testing.ts';
import { mysqlOptions } from './mysql-address.ts';
import { setAllSessions } from './session.ts';

test('what a server’s owner has set for every session changes nothing for ours', async () => {
  await using theirs = await startTheirDatabase();
  const { admin, url } = theirs;
  await admin.query('CREATE SCHEMA shop');
  await admin.query('CREATE TABLE shop.items (id INT PRIMARY KEY) ENGINE = InnoDB');
  await admin.query(
    "SET GLOBAL autocommit = 0, GLOBAL sql_select_limit = 1, GLOBAL completion_type = 'RELEASE'",
  );
  await using cleanUp = new AsyncDisposableStack();
  const one = cleanUp.adopt(await connect(url), (connection) => connection.destroy());
  const pool = cleanUp.adopt(createPool({ ...mysqlOptions(url), connectionLimit: 1 }), (all) => all.end());
  setAllSessions(pool);
  await one.query('INSERT INTO shop.items VALUES (1), (2)');
  await pool.query('INSERT INTO shop.items VALUES (3)');
  for (const connection of [one, pool]) {
    for (const sql of ['START TRANSACTION', 'COMMIT']) await connection.query(sql);
    const [rows] = await connection.query<RowDataPacket[]>('SELECT id FROM shop.items');
    expect(rows).toHaveLength(3);
  }
});
