import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { amqpAddress } from './amqp-address.ts';
import { addressOfServer, parseRedisAddress, redisOptions } from './redis-address.ts';

test('a server, with credentials in any writing', () => {
  expect(redisOptions('redis://localhost')).toEqual({ host: 'localhost', port: 6379, db: 0 });
  expect(redisOptions('redis://:p%40ss%2F@10.0.0.1:7000/3')).toEqual({
    ...{ host: '10.0.0.1', port: 7000, db: 3, password: 'p@ss/' },
  });
  expect(redisOptions('rediss://me:a:b@[::1]:1')).toEqual({
    ...{ host: '::1', port: 1, db: 0, username: 'me', password: 'a:b', tls: {} },
  });
});

test('a master behind Sentinels', () => {
  expect(redisOptions('redis+sentinel://u:p@a:1,b/mymaster/2?sentinel_password=s')).toEqual({
    sentinels: [
      { host: 'a', port: 1 },
      { host: 'b', port: 26379 },
    ],
    ...{ name: 'mymaster', username: 'u', password: 'p', sentinelPassword: 's', db: 2 },
  });
  expect(redisOptions('rediss+sentinel://a/m?verify=verify_none')).toMatchObject({
    tls: { rejectUnauthorized: false },
    sentinelTLS: { rejectUnauthorized: false },
    enableTLSForSentinelMode: true,
  });
});

test('a cluster is no server, but its nodes are', () => {
  const address = parseRedisAddress('rediss+cluster://u:%25@a,b:7001?server_name_indication=c');
  expect(address.hosts).toEqual([
    { host: 'a', port: 6379 },
    { host: 'b', port: 7001 },
  ]);
  const node = addressOfServer(address, { host: '::2', port: 7002 });
  expect(redisOptions(node)).toEqual({
    ...{ host: '::2', port: 7002, db: 0, username: 'u', password: '%', tls: { servername: 'c' } },
  });
});

test.each([
  ['http://x', /expected redis:\/\//],
  ['redis://', /expected redis:\/\//],
  ['redis://secret:secret@a,b', /several hosts/],
  ['redis://:secret@host:0', /host:port/],
  ['redis://:secret@host:port', /host:port/],
  ['redis://:secret@host/zero', /number of a database/],
  ['redis+sentinel://:secret@host', /name of the master/],
  ['redis+cluster://:secret@host/1', /no other database/],
  ['redis://:secret%@host', /write it as %25/],
  ['rediss://:secret@host?cacertfile=/nowhere.pem', /cacertfile=\/nowhere.pem can't be read \(ENOENT\)/],
])('%s is refused without being quoted', (url, message) => {
  let error: unknown;
  try {
    redisOptions(url);
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'E_ADDRESS', message: expect.stringMatching(message) });
  expect(String(error)).not.toContain('secret');
});

test('certificates are read from the files that an address names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'test-address-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, 'PEM');
  expect(redisOptions(`rediss://host?cacertfile=${file}`).tls).toEqual({ ca: 'PEM' });
  expect(amqpAddress(`amqps://u:p@host/v?cacertfile=${file}`, 5)).toMatchObject({
    url: expect.stringMatching(/^amqps:\/\/u:p@host\/v\?.*&heartbeat=5$/),
    socketOptions: { ca: 'PEM' },
  });
  await rm(folder, { recursive: true });
});
