import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_NEEDS } from '../backend.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { accountsSuite } from './accounts.suite.ts';
import { userName } from './database/account.ts';
import { formatMarker, type Marker, writeMarker } from './database/marker.ts';
import { lockName } from './database/possession.ts';
import { externalDatabase } from './database.ts';
import {
  ALL_NEEDS,
  findingsOf,
  holderOf,
  startForTest,
  startTheirDatabase,
  type TheirDatabase,
} from './testing.ts';
import { newToken } from './token.ts';

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
    place: {
      holder: () => holderOf(theirs.admin, schema),
      cut: (holder) => theirs.admin.query(`KILL ${holder}`),
    },
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

  it('says so when it can not clean up, and the next run does', async () => {
    const before = await theirs.snapshot();
    const other = await createConnection(theirs.url);
    const stack = await startForTest(external('storm'));
    const taken = other.query('SELECT GET_LOCK(?, 60)', [lockName('storm')]);
    await expect(stack[Symbol.asyncDispose]()).rejects.toMatchObject({
      ...{
        code: 'E_CLEAN_UP',
        message: expect.stringContaining('somebody else holds the lock of the schema storm'),
      },
    });
    await taken;
    await other.end();
    expect(await findingsOf(external('storm'))).toBeNull();
    expect(await theirs.snapshot()).toEqual(before);
  });

  it('is rid of what a dead run has left, users too', async () => {
    const before = await theirs.snapshot();
    await leaveDeadRun();
    await theirs.admin.query(ITEMS);
    expect(await findingsOf(external('storm'))).toBeNull();
    expect(await theirs.snapshot()).toEqual(before);
  });
});

const DEAD: Marker = {
  runId: 'dead',
  startedAt: '2026-01-01T00:00:00.000Z',
  token: newToken(),
  schema: 'storm',
  madeSchema: true,
  broker: null,
};
const ITEMS = 'CREATE TABLE storm.items (id INT, value INT, version INT, stored_us INT)';

async function leaveDeadRun(changed: Partial<Marker> = {}): Promise<void> {
  const { admin } = theirs;
  await admin.query('CREATE SCHEMA storm');
  await writeMarker(admin, { ...DEAD, ...changed });
  await admin.query(`CREATE USER ${userName('service', DEAD.token)}@'%' IDENTIFIED BY 'x'`);
}

describe('what looks like a dead run’s', () => {
  /** What was there before is there afterwards, whatever a run says to it. */
  async function isKept(schema: string, got: RegExp): Promise<void> {
    const before = await theirs.snapshot();
    expect(await findingsOf(external(schema))).toMatchObject([{ got: expect.stringMatching(got) }]);
    expect(await theirs.snapshot()).toEqual(before);
    await theirs.admin.query(`DROP SCHEMA ${schema}`);
    await theirs.admin.query(`DROP USER IF EXISTS ${userName('service', DEAD.token)}@'%'`);
  }

  it('is a table of somebody else with the marker’s name, beside some with ours', async () => {
    const { admin } = theirs;
    await admin.query('CREATE SCHEMA storm');
    await admin.query(ITEMS);
    await admin.query('CREATE TABLE storm.outbox (id INT PRIMARY KEY, mail TEXT)');
    await admin.query('CREATE TABLE storm.cachestorm_run (id INT PRIMARY KEY, km DOUBLE)');
    await isKept('storm', /^3 of somebody else, such as cachestorm_run, items, outbox$/);
  });

  it('is a table as an earlier version wrote it, which names an account of somebody else', async () => {
    const { admin } = theirs;
    await admin.query('CREATE SCHEMA storm');
    await admin.query(
      `CREATE TABLE storm.cachestorm_run (run_id VARCHAR(128) NOT NULL PRIMARY KEY, started_at VARCHAR(32) NOT NULL,
        users VARCHAR(255) NOT NULL, made_schema TINYINT NOT NULL)`,
    );
    await admin.query(
      "INSERT INTO storm.cachestorm_run VALUES ('dead', '2026-01-01T00:00:00Z', 'reader', 1)",
    );
    await isKept('storm', /^1 of somebody else/);
  });

  it('is a marker with a token that is none', async () => {
    await leaveDeadRun({ token: 'reader' });
    await isKept('storm', /^1 of somebody else/);
  });

  it('is a copy of the schema', async () => {
    const { admin } = theirs;
    await admin.query('CREATE SCHEMA copied');
    await admin.query(
      `CREATE TABLE copied.cachestorm_run (run_id INT) COMMENT = '${formatMarker({ ...DEAD, schema: 'storm' })}'`,
    );
    await isKept('copied', /^1 of somebody else/);
  });

  it('has tables of somebody else beside the marker, with our names and their columns', async () => {
    await leaveDeadRun();
    await theirs.admin.query('CREATE TABLE storm.items (id INT PRIMARY KEY, price INT)');
    await theirs.admin.query('CREATE VIEW storm.outbox AS SELECT 1 AS id');
    await isKept('storm', /^2 of somebody else, such as items, outbox$/);
  });

  it('has queues on a broker that is not known now', async () => {
    await leaveDeadRun({ broker: { at: 'mq:5672/storm', prefix: 'cachestorm.' } });
    const before = await theirs.snapshot();
    expect(await findingsOf(external('storm'))).toEqual([
      {
        server: `MYSQL_URL (${new URL(theirs.url).host})`,
        what: 'what run dead has left',
        expected: 'AMQP_URL to name mq:5672/storm, where its queues are',
        got: 'none',
        mend: expect.stringMatching(/DROP TABLE `storm`\.cachestorm_run;$/),
      },
    ]);
    expect(await theirs.snapshot()).toEqual(before);
    await theirs.admin.query('DROP SCHEMA storm');
    await theirs.admin.query(`DROP USER ${userName('service', DEAD.token)}@'%'`);
  });
});

describe('the general log of a database', () => {
  it('has nothing but reads of an examination, and no password of a run', async () => {
    const { admin } = theirs;
    await admin.query("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1");
    const logged = async () => {
      const [rows] = await admin.query<RowDataPacket[]>('SELECT argument FROM mysql.general_log');
      await admin.query('TRUNCATE mysql.general_log');
      return rows.map(({ argument }) => String(argument));
    };
    await leaveDeadRun();
    await theirs.admin.query(ITEMS);
    await logged();
    const backend = external('storm');
    expect(await backend.examine?.(new AbortController().signal)).toEqual([]);
    const examined = await logged();
    expect(
      examined.filter(
        (line) => !/^\s*(SELECT|SHOW|SET (NAMES|SESSION)|$)|^admin@|^TRUNCATE mysql/i.test(line),
      ),
    ).toEqual([]);
    expect(examined.length).toBeGreaterThan(5);
    const passwords: string[] = [];
    {
      await using stack = await startForTest(backend);
      for (const role of ['service', 'relay', 'probe'] as const) {
        const url = stack.get('database').url(role);
        passwords.push(new URL(url).password);
        (await createConnection(url)).destroy();
      }
    }
    const whole = (await logged()).join('\n');
    await admin.query('SET GLOBAL general_log = 0');
    expect(whole).toMatch(/CREATE USER/);
    expect(passwords.filter((password) => whole.includes(password))).toEqual([]);
  });
});

describe('an external database whose marker is another run’s after a cut', () => {
  it('stops what goes by the signal of its stack, is not emptied, and keeps all but the users', async () => {
    const { admin } = theirs;
    {
      await using stack = await startForTest(external('storm'));
      const { signal } = stack;
      const aborted = once(signal, 'abort');
      const other = formatMarker({ ...DEAD, runId: 'other' });
      await admin.query(`ALTER TABLE storm.cachestorm_run COMMENT = '${other}'`);
      await admin.query(ITEMS);
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
