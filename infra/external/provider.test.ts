import { expect, test } from 'vitest';
import { NO_NEEDS } from '../backend.ts';
import { externalProvider } from './provider.ts';

test('all addresses that are missing or wrong are told at once, and none is quoted', () => {
  const env = { MYSQL_URL: 'postgres://me:secret@host', AMQP_URL: 'amqp://me:secret%@host' };
  const make = () => externalProvider({ env, needed: ['redis', 'database'] });
  expect(make).toThrow(
    /^REDIS_URL is not set: .*\n {2}MYSQL_URL: expected mysql:\/\/.*\n {2}AMQP_URL: a % that encodes nothing/,
  );
  expect(make).not.toThrow(/secret/);
});

test('a broker has to be given to those only who need one', () => {
  const env = { REDIS_URL: 'redis://h', MYSQL_URL: 'mysql://h/storm' };
  const provider = externalProvider({ env, needed: ['redis', 'database'] });
  expect(provider.backend('redis', NO_NEEDS).kind).toBe('redis');
  expect(() => externalProvider({ env, needed: ['redis', 'database', 'rabbitmq'] })).toThrow(
    'AMQP_URL is not set',
  );
});

test.each(['mysql', 'no schema', 'x'.repeat(65)])('a schema can not be %s', (schema) => {
  const env = { REDIS_URL: 'redis://h', MYSQL_URL: 'mysql://h' };
  expect(() => externalProvider({ env, needed: [], schema })).toThrow(
    /^MYSQL_URL: the schema has to be one of your own/,
  );
});
