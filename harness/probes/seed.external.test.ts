/** A dataset on a database of somebody else, who says how large a statement may be. */
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTheirDatabase, type TheirDatabase } from '../../infra/external/testing.ts';
import { connectDatabaseProbe, type DatabaseProbe } from './database.ts';

const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
beforeAll(async () => {
  database = cleanUp.use(await startTheirDatabase());
  await database.admin.query('CREATE SCHEMA storm');
}, 60_000);
afterAll(() => cleanUp.disposeAsync());
beforeEach(() => database.admin.query('SET GLOBAL max_allowed_packet = 16777216'));

/** A new connection: only those know a changed limit. */
function connect(): Promise<DatabaseProbe> {
  return connectDatabaseProbe(`${database.url}storm`, 'nobody');
}

const keyOf = (n: number) => `item-${n}`;

async function seeded() {
  const [[row]] = await database.admin.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS count, MIN(LENGTH(value)) AS least, MAX(LENGTH(value)) AS most, SUM(version) AS versions FROM storm.items',
  );
  return {
    count: Number(row?.count),
    least: Number(row?.least),
    most: Number(row?.most),
    versions: Number(row?.versions),
  };
}

test.each([
  [20, 1_000_000, 16_777_216],
  [1_000, 20_000, 16_777_216],
  [10_001, 256, 131_072],
  [3, 100_000, 131_072],
])('%d rows of %d bytes fit into packets of %d bytes', async (rows, valueBytes, packet) => {
  await database.admin.query(`SET GLOBAL max_allowed_packet = ${packet}`);
  await using probe = await connect();
  const told: number[] = [];
  await probe.seed({ rows, valueBytes, keyOf }, { onProgress: (written) => told.push(written) });
  expect(await seeded()).toEqual({ count: rows, least: valueBytes, most: valueBytes, versions: rows });
  expect(told.at(-1)).toBe(rows);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
});

test('a row that the server does not take is an error that says which, and how large', async () => {
  await database.admin.query('SET GLOBAL max_allowed_packet = 65536');
  await using probe = await connect();
  await expect(probe.seed({ rows: 5, valueBytes: 100_000, keyOf })).rejects.toMatchObject({
    code: 'E_SEED',
    failure: 'infrastructure',
    message: expect.stringMatching(/at row 1 of 5, of 100000 bytes each .*max_allowed_packet/),
  });
});

test('an interrupt ends it after the batch that is under way', async () => {
  await using probe = await connect();
  const interrupt = new AbortController();
  const onProgress = () => interrupt.abort(new Error('Ctrl-C'));
  const seeding = probe.seed(
    { rows: 200_000, valueBytes: 256, keyOf },
    { signal: interrupt.signal, onProgress },
  );
  await expect(seeding).rejects.toThrow('Ctrl-C');
  expect((await seeded()).count).toBeLessThan(20_000);
});
