/** The binary log of somebody else, who keeps it for as long as he likes. */
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTheirDatabase, type TheirDatabase } from '../../infra/external/testing.ts';
import { comparePositions } from '../change-log/log-position.ts';
import { type CommitLog, connectCommitLog } from './commit-log.ts';

const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
let log: CommitLog;
beforeAll(async () => {
  database = cleanUp.use(await startTheirDatabase());
  await database.admin.query('CREATE SCHEMA storm');
  await database.admin.query('USE storm');
  await database.admin.query('CREATE TABLE items (id INT PRIMARY KEY)');
  log = cleanUp.use(await connectCommitLog(`${database.url}storm`));
}, 60_000);
afterAll(() => cleanUp.disposeAsync());

const insert = (id: number) => database.admin.query('INSERT INTO items VALUES (?)', [id]);

test('what was purged meanwhile is an error of the log, and what comes after it is read', async () => {
  const from = await log.position();
  await insert(1);
  await database.admin.query('FLUSH BINARY LOGS');
  const between = await log.position();
  // MariaDB keeps a log until its background thread has seen all of it committed, and says nothing.
  const purge = async () => {
    await database.admin.query(`PURGE BINARY LOGS TO '${between.file}'`);
    const [logs] = await database.admin.query<RowDataPacket[]>('SHOW BINARY LOGS');
    return logs.length;
  };
  await expect.poll(purge, { timeout: 20_000 }).toBe(1);
  await insert(2);
  const keys: string[] = [];
  const read = async (start: typeof from) =>
    log.committed(start, await log.position(), ({ key }) => keys.push(key));
  await expect(read(from)).rejects.toMatchObject({
    code: 'E_CHANGE_LOG',
    message: expect.stringMatching(/can't be read: .*could not find/i),
  });
  await read(between);
  expect(keys).toEqual(['2']);
});

test('a log that was begun anew has not lost all writes: it is not known what it had', async () => {
  await insert(3);
  const from = await log.position();
  // MySQL 8.4 and later know it by the other name.
  await database.admin.query('RESET MASTER').catch(() => database.admin.query('RESET BINARY LOGS AND GTIDS'));
  const to = await log.position();
  expect(comparePositions(from, to)).toBeGreaterThan(0);
  await expect(log.committed(from, to, () => {})).rejects.toMatchObject({
    code: 'E_CHANGE_LOG',
    message: expect.stringMatching(/begun anew: it stands at \S+:\d+, and stood at \S+:\d+ before/),
  });
});
