import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mysqlOptions } from './mysql-address.ts';

const AT = 'mysql://me:s%2Fcret@db.test:33/shop';

test.each([
  ['', undefined],
  ['?charset=utf8mb4', undefined],
  ['?ssl={"rejectUnauthorized":true}', undefined],
  ['?ssl=Amazon RDS', undefined],
  ['?ssl-mode=VERIFY_IDENTITY', { rejectUnauthorized: true, verifyIdentity: true }],
  ['?verify=verify_peer', { rejectUnauthorized: true, verifyIdentity: true }],
  ['?server_name_indication=other.test', { rejectUnauthorized: true, verifyIdentity: true }],
  ['?ssl-mode=verify_ca', { rejectUnauthorized: true, verifyIdentity: false }],
  ['?ssl-mode=REQUIRED', { rejectUnauthorized: false, verifyIdentity: false }],
  ['?verify=verify_none', { rejectUnauthorized: false, verifyIdentity: false }],
])('how a certificate is looked at with %s', (query, ssl) => {
  expect(mysqlOptions(`${AT}${query}`).ssl).toEqual(ssl);
});

test('what is mysql2’s own stays as it is, and the rest is not told to it', () => {
  for (const own of ['', '?charset=utf8mb4', '?ssl={"ca":"PEM"}'])
    expect(mysqlOptions(`${AT}${own}`)).toEqual({ uri: `${AT}${own}` });
  const disabled = mysqlOptions(`${AT}?ssl-mode=DISABLED&ssl-ca=/nowhere.pem&charset=utf8mb4`);
  expect(disabled).toEqual({ uri: `${AT}?charset=utf8mb4` });
  const secured = mysqlOptions(`${AT}?verify=verify_peer&charset=utf8mb4&ssl-mode=REQUIRED`);
  expect(secured).toMatchObject({ uri: `${AT}?charset=utf8mb4`, host: 'db.test' });
});

test('the name of the certificate is the host’s, or the one that is given', () => {
  expect(mysqlOptions('mysql://me@[::1]/?ssl-mode=VERIFY_IDENTITY').host).toBe('::1');
  expect(mysqlOptions(`${AT}?server_name_indication=other.test`).host).toBe('other.test');
});

test('an authority is named as by MySQL, or as for the other servers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'test-address-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, 'PEM');
  for (const name of ['ssl-ca', 'cacertfile'])
    expect(mysqlOptions(`${AT}?${name}=${file}`).ssl).toEqual({
      ...{ ca: 'PEM', rejectUnauthorized: true, verifyIdentity: true },
    });
  await rm(folder, { recursive: true });
});

test.each([
  ['ssl-mode=PREFERRED', /ssl-mode has to be one of DISABLED, REQUIRED/],
  ['ssl=true', /write ssl-mode=VERIFY_IDENTITY/],
  ['sslmode=require', /sslmode is not known here: for TLS write ssl-mode=/],
  ['useSSL=true', /useSSL is not known here/],
  ['tls-version=TLSv1.3', /tls-version is not known here/],
  ['ssl={}&cacertfile=/nowhere.pem', /ssl= is to be alone/],
  ['ssl-ca=/nowhere.pem', /cacertfile=\/nowhere.pem can't be read \(ENOENT\)/],
])('TLS that would not be what was asked for is refused: %s', (query, message) => {
  const attempt = () => mysqlOptions(`${AT}?${query}`);
  expect(attempt).toThrow(
    expect.objectContaining({ code: 'E_ADDRESS', message: expect.stringMatching(message) }),
  );
  expect(attempt).not.toThrow(/cret/);
});
