import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { accountsSuite } from './accounts.suite.ts';
import { writeMarker } from './database/possession.ts';
import { externalDatabase } from './database.ts';
import {
  ALL_NEEDS,
  findingsOf,
  holderOf,
  NO_NEEDS,
  startForTest,
  startTheirDatabase,
  type TheirDatabase,
} from './testing.ts';

const cleanUp = new AsyncDisposableStack();
let theirs: TheirDatabase;
beforeAll(async () => {
  theirs = cleanUp.use(await startTheirDatabase());
  const { admin } = theirs;
  await admin.query('CREATE SCHEMA shop');
  await admin.query('CREATE TABLE shop.items (id INT PRIMARY KEY, name VARCHAR(20))');
  await admin.query("INSERT INTO shop.items VALUES (1, 'pen'), (2, 'ink')");
  await admin.query('CREATE SCHEMA empty_one');
  await admin.query("CREATE USER reader@'%' IDENTIFIED BY 'secret'");
  await admin.query("GRANT SELECT ON *.* TO reader@'%'");
});
afterAll(() => cleanUp.disposeAsync());

const external = (schema?: string, { url = theirs.url, needs = ALL_NEEDS } = {}) =>
  externalDatabase({ url, schema, needs });

for (const schema of ['storm', 'empty_one']) {
  describeExternalBackend({
    name: `an external database, schema ${schema}`,
    kind: 'database',
    make: () => external(schema),
    snapshot: () => theirs.snapshot(),
    holder: () => holderOf(theirs.admin, schema),
    cut: (holder) => theirs.admin.query(`KILL ${holder}`),
  });
}

describe('an external database', () => {
  accountsSuite(() => theirs);

  it('keeps what somebody else has put into the schema meanwhile', async () => {
    {
      await using stack = await startForTest(external('storm'));
      await theirs.admin.query('CREATE TABLE storm.theirs (id INT)');
      await stack.get('database').flush();
    }
    const [tables] = await theirs.admin.query<RowDataPacket[]>('SHOW TABLES FROM storm');
    expect(tables.map((row) => Object.values(row)[0])).toEqual(['theirs']);
    await theirs.admin.query('DROP SCHEMA storm');
  });

  it('is rid of what a dead run has left, users too', async () => {
    const before = await theirs.snapshot();
    const { admin } = theirs;
    await admin.query('CREATE SCHEMA storm');
    const marker = {
      runId: 'dead',
      startedAt: '2026-01-01T00:00:00Z',
      users: ['cachestorm_x'],
      madeSchema: true,
    };
    await writeMarker(admin, 'storm', marker);
    await admin.query('CREATE TABLE storm.items (id INT)');
    await admin.query("CREATE USER cachestorm_x@'%' IDENTIFIED BY 'x'");
    expect(await findingsOf(external('storm'))).toBeNull();
    expect(await theirs.snapshot()).toEqual(before);
  });
});

describe('an external database whose marker is another run’s after a cut', () => {
  it('stops what goes by the signal of its stack, is not emptied, and keeps all but the users', async () => {
    const { admin } = theirs;
    {
      await using stack = await startForTest(external('storm'));
      const { signal } = stack;
      const aborted = once(signal, 'abort');
      await admin.query("UPDATE storm.cachestorm_run SET run_id = 'other'");
      await admin.query('CREATE TABLE storm.items (id INT PRIMARY KEY)');
      await admin.query(`KILL ${await holderOf(admin, 'storm')}`);
      await aborted;
      expect(signal.reason).toMatchObject({
        code: 'E_PLACE_LOST',
        message: expect.stringContaining('run other'),
      });
      await expect(stack.confirm()).rejects.toBe(signal.reason);
      await expect(stack.get('database').flush()).rejects.toBe(signal.reason);
    }
    const [tables] = await admin.query<RowDataPacket[]>('SHOW TABLES FROM storm');
    expect(tables.flatMap((row) => Object.values(row))).toEqual(['cachestorm_run', 'items']);
    const [users] = await admin.query<RowDataPacket[]>(
      `SELECT grantee FROM information_schema.user_privileges WHERE grantee LIKE "'cachestorm%"`,
    );
    expect(users).toEqual([]);
    await admin.query('DROP SCHEMA storm');
  });
});

describe('a database that is not fit', () => {
  /** What is found, after which the server is as it was before. */
  async function found(...args: Parameters<typeof external>) {
    const before = await theirs.snapshot();
    const findings = (await findingsOf(external(...args))) ?? [];
    expect(await theirs.snapshot()).toEqual(before);
    expect(JSON.stringify(findings)).not.toMatch(new RegExp(`secret|${new URL(theirs.url).password}`));
    return findings;
  }

  it('holds one table of somebody else', async () => {
    expect(await found('shop')).toEqual([
      {
        server: `MYSQL_URL (${new URL(theirs.url).host})`,
        what: 'the schema shop',
        expected: 'no tables, views or routines',
        got: '1 of somebody else, such as items',
        mend: expect.stringContaining('--schema'),
      },
    ]);
  });

  it('holds one routine of somebody else', async () => {
    await theirs.admin.query('CREATE PROCEDURE empty_one.p() SELECT 1');
    expect(await found('empty_one')).toMatchObject([{ got: '1 of somebody else, such as p' }]);
    await theirs.admin.query('DROP PROCEDURE empty_one.p');
  });

  it('lets its user read only, and the statements that are given mend it', async () => {
    const reader = theirs.url.replace(/admin:\w+/, 'reader:secret');
    const [finding, ...others] = await found('storm', { url: reader, needs: ALL_NEEDS });
    expect([finding?.what, others]).toEqual(["the rights of 'reader'@'%'", []]);
    expect(finding?.expected).toMatch(
      /^CREATE USER on \*\.\*; INSERT, .* on storm\.\*; GRANT OPTION on perf/,
    );
    for (const statement of finding?.mend.split('; ') ?? [])
      await theirs.admin.query(statement.replace(/;$/, ''));
    expect(await found('storm', { url: reader, needs: ALL_NEEDS })).toEqual([]);
    await theirs.admin.query("REVOKE ALL PRIVILEGES, GRANT OPTION FROM reader@'%'");
    await theirs.admin.query("GRANT SELECT ON *.* TO reader@'%'");
  });

  it('is fit for a user with the rights that the docs name', async () => {
    const docs = await readFile(new URL('../../docs/external.md', import.meta.url), 'utf8');
    const statements = docs.match(/^ {4}(CREATE USER|GRANT) .*;$/gm) ?? [];
    expect(statements).toHaveLength(5);
    const url = theirs.url.replace(/admin:\w+/, 'cachestorm:...');
    for (const statement of statements.slice(0, 4)) await theirs.admin.query(statement);
    expect(await found('storm', { url, needs: NO_NEEDS })).toEqual([]);
    expect(await found('storm', { url, needs: ALL_NEEDS })).toMatchObject([{ mend: statements[4]?.trim() }]);
    await theirs.admin.query(statements[4] ?? '');
    expect(await found('storm', { url, needs: ALL_NEEDS })).toEqual([]);
    await theirs.admin.query("DROP USER cachestorm@'%'");
  });

  it('logs statements, and the log is to be read: the statements that are given mend it', async () => {
    await theirs.admin.query("SET GLOBAL binlog_format = 'MIXED', GLOBAL binlog_row_metadata = 'NO_LOG'");
    expect(await found('storm', { needs: NO_NEEDS })).toEqual([]);
    const findings = await found('storm');
    expect(findings.map(({ what }) => what)).toEqual(['binlog_format', 'binlog_row_metadata']);
    for (const { mend } of findings) await theirs.admin.query(mend);
    expect(await found('storm')).toEqual([]);
  });

  it('would not count the statements of a user', async () => {
    const { admin } = theirs;
    await admin.query("UPDATE performance_schema.setup_actors SET enabled = 'NO'");
    await admin.query(
      "UPDATE performance_schema.setup_instruments SET enabled = 'NO' WHERE name = 'statement/sql/select'",
    );
    const findings = await found('storm');
    expect(findings.map(({ what }) => what)).toEqual(['setup_instruments', 'setup_actors']);
    await admin.query('DELETE FROM performance_schema.setup_actors');
    for (const { mend } of findings) await admin.query(mend);
    expect(await found('storm')).toEqual([]);
  });

  it.each([
    ['a wrong password', (url: string) => url.replace(/:\w+@/, ':wrong@'), /^a refusal of this user/],
    ['an unknown host', () => 'mysql://admin:secret@no-such-host.invalid', /^an unknown host$/],
    ['TLS where there is none', (url: string) => `${url}?ssl={}`, /^an answer without TLS$/],
  ])('can not be reached: %s', async (_name, change, got) => {
    const findings = await found('storm', { url: change(theirs.url) });
    expect(findings).toMatchObject([{ got: expect.stringMatching(got) }]);
  });

  it('can not be reached: a closed port', async () => {
    const url = `mysql://admin:secret@127.0.0.1:${await pickFreePort()}`;
    expect(await found('storm', { url })).toMatchObject([{ what: 'the connection', got: 'a closed port' }]);
  });

  it('keeps no binary log, or counts nothing', async () => {
    await using other = await startTheirDatabase(
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--read-only=ON',
    );
    const findings = (await findingsOf(externalDatabase({ url: other.url, needs: ALL_NEEDS }))) ?? [];
    expect(findings.map(({ what, got, mend }) => [what, got, mend])).toEqual([
      ['performance_schema', 'OFF', expect.stringContaining('performance_schema=ON')],
      ['read_only', 'ON', expect.stringContaining('SET GLOBAL read_only = OFF;')],
      ['log_bin', 'OFF', expect.stringContaining('log_bin=binlog')],
    ]);
  });
});
