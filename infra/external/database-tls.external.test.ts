/** A MariaDB or MySQL that takes nobody without TLS, whose authority is known to those only who are told. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysqlOptions } from '../address/mysql-address.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { findProgram } from '../local/find.ts';
import { externalDatabase } from './database.ts';
import { type Certificates, databaseTls, makeCertificates, NAME } from './fixtures/certificates.ts';
import {
  ALL_NEEDS,
  findingsOf,
  holderOf,
  startForTest,
  startTheirDatabase,
  type TheirDatabase,
} from './testing.ts';

const cleanUp = new AsyncDisposableStack();
let certificates: Certificates;
let theirs: TheirDatabase;
beforeAll(async () => {
  const folder = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'test-tls-')), (path) =>
    rm(path, { recursive: true }),
  );
  certificates = await makeCertificates(folder);
  theirs = cleanUp.use(await startTheirDatabase(...databaseTls(certificates)));
  await theirs.admin.query('SET GLOBAL require_secure_transport = ON');
  await theirs.admin.query("CREATE USER shown@'%' IDENTIFIED BY 'secret' REQUIRE X509");
  await theirs.admin.query("GRANT ALL ON *.* TO shown@'%' WITH GRANT OPTION");
});
afterAll(() => cleanUp.disposeAsync());

const external = (url: string) => externalDatabase({ url, schema: 'storm', needs: ALL_NEEDS });
const byName = (url: string) => url.replace('127.0.0.1', 'localhost');
const asShown = (url: string) => url.replace(/admin:\w+/, 'shown:secret');

describeExternalBackend({
  name: 'an external database, by TLS',
  kind: 'database',
  make: () => external(`${theirs.url}?cacertfile=${certificates.ca}`),
  snapshot: () => theirs.snapshot(),
  place: {
    holder: () => holderOf(theirs.admin, 'storm'),
    cut: (holder) => theirs.admin.query(`KILL ${holder}`),
  },
});

describe('TLS to a database', () => {
  it('is that of the run itself and of every role', async () => {
    await using stack = await startForTest(external(`${theirs.url}?cacertfile=${certificates.ca}`));
    await using roles = new AsyncDisposableStack();
    for (const role of ['service', 'relay', 'probe'] as const) {
      const url = stack.get('database').url(role);
      roles.adopt(await createConnection(mysqlOptions(url)), (connection) => connection.end());
    }
    const [threads] = await theirs.admin.query<RowDataPacket[]>(
      `SELECT PROCESSLIST_USER AS user, CONNECTION_TYPE AS type FROM performance_schema.threads
       WHERE PROCESSLIST_USER IS NOT NULL AND PROCESSLIST_ID <> CONNECTION_ID()`,
    );
    const users = threads.map(({ user }) => String(user).replace(/^cachestorm_(\w+)_\w+$/, '$1'));
    expect(users.sort()).toEqual(['admin', 'probe', 'relay', 'service']);
    expect([...new Set(threads.map(({ type }) => type))]).toEqual(['SSL/TLS']);
  });

  it.each([
    ['as for the other servers', (url: string, { ca }: Certificates) => `${url}?cacertfile=${ca}`],
    [
      'as MySQL Shell takes it',
      (url: string, { ca }: Certificates) => `${url}?ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`,
    ],
    ['for any host', (url: string, { ca }: Certificates) => `${byName(url)}?ssl-mode=VERIFY_CA&ssl-ca=${ca}`],
    ['with any certificate', (url: string) => `${byName(url)}?ssl-mode=REQUIRED`],
    ['with any certificate, as for the other servers', (url: string) => `${byName(url)}?verify=verify_none`],
    [
      'for another host',
      (url: string, { ca }: Certificates) => `${byName(url)}?cacertfile=${ca}&server_name_indication=${NAME}`,
    ],
    [
      'for an address of another host',
      (url: string, { ca }: Certificates) =>
        `${byName(url)}?cacertfile=${ca}&server_name_indication=127.0.0.1`,
    ],
    [
      'with a certificate of the user’s own',
      (url: string, { ca, client }: Certificates) =>
        `${asShown(url)}?cacertfile=${ca}&certfile=${client.cert}&keyfile=${client.key}`,
    ],
    [
      'as mysql2 takes it',
      async (url: string, { ca }: Certificates) =>
        `${url}?ssl=${encodeURIComponent(JSON.stringify({ ca: await readFile(ca, 'utf8') }))}`,
    ],
  ])('is had %s', async (_name, address) => {
    expect(await findingsOf(external(await address(theirs.url, certificates)))).toBeNull();
  });

  it.each([
    [
      'an unknown authority',
      (url: string) => `${url}?ssl-mode=VERIFY_IDENTITY`,
      /^one that can't \(self-signed certificate in certificate chain\)$/,
      /NODE_EXTRA_CA_CERTS=.* or cacertfile=/,
    ],
    [
      'a certificate for another host',
      (url: string, { ca }: Certificates) => `${byName(url)}?cacertfile=${ca}`,
      /^one for IP Address:127\.0\.0\.1, DNS:storm\.test$/,
      /server_name_indication=NAME/,
    ],
    [
      'a certificate for another address',
      (url: string, { ca }: Certificates) => `${url}?cacertfile=${ca}&server_name_indication=127.0.0.2`,
      /^one for 127\.0\.0\.1$/,
      /server_name_indication=NAME/,
    ],
    ['no TLS', (url: string) => url, /^a server that insists on it$/, /ssl-mode=VERIFY_IDENTITY/],
    [
      'no certificate of the user’s own',
      (url: string, { ca }: Certificates) => `${asShown(url)}?cacertfile=${ca}`,
      /^a refusal of this user/,
      /certfile= and keyfile=/,
    ],
    [
      'a wrong password, without TLS',
      (url: string) => url.replace(/:\w+@/, ':wrong@'),
      /^a refusal of this user/,
      /password/,
    ],
  ])('is refused with one sentence: %s', async (_name, address, got, mend) => {
    const before = await theirs.snapshot();
    const findings = (await findingsOf(external(address(theirs.url, certificates)))) ?? [];
    expect(findings).toMatchObject([{ got: expect.stringMatching(got), mend: expect.stringMatching(mend) }]);
    expect(JSON.stringify(findings)).not.toMatch(new RegExp(`secret|wrong|${new URL(theirs.url).password}`));
    expect(await theirs.snapshot()).toEqual(before);
  });

  it('is refused with one sentence where there is none', async () => {
    // MySQL can't be told so: where it is local, it has none.
    const { product } = await findProgram('database');
    await using other = await startTheirDatabase(...(product === 'mariadb' ? ['--skip-ssl'] : []));
    const findings = await findingsOf(external(`${other.url}?cacertfile=${certificates.ca}`));
    expect(findings).toMatchObject([
      { what: 'TLS', got: 'an answer without TLS', mend: expect.stringContaining('ssl-mode=DISABLED') },
    ]);
  });

  it('is not begun with files that are none', async () => {
    const { ca, server, client } = certificates;
    const mixed = `cacertfile=${ca}&certfile=${server.cert}&keyfile=${client.key}`;
    expect(() => external(`${theirs.url}?${mixed}`)).toThrow(/certificate files can't be used \(ERR_/);
  });
});
