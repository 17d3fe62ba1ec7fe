import { expect, test } from 'vitest';
import { secretsIn, withoutCredentials } from './credentials.ts';

const url = 'redis+sentinel://me:p%40ss%2Fword@a:1,b:2/m/0?sentinel_password=guards&verify=verify_none';

test('a password is found in every writing', () => {
  expect(secretsIn([url, 'mysql://root:sEcret@h', 'amqp://h', 'redis://:a@h'])).toEqual([
    'p%40ss%2Fword',
    'p@ss/word',
    'guards',
    'sEcret',
  ]);
});

test.each([
  ['run --set x=redis://me:other@host/0 --json', 'run --set x=redis://****@host/0 --json'],
  ['input: "mysql://a:b@c@host"', 'input: "mysql://****@host"'],
  ['?to=redis%3A%2F%2Fme%3Aother%40host', '?to=redis%3A%2F%2F****%40host'],
  ['AUTH p@ss/word failed, p%40ss%2Fword too', 'AUTH **** failed, **** too'],
  ['http://host/a and b@c', 'http://host/a and b@c'],
])('%s', (text, expected) => {
  expect(withoutCredentials(text, secretsIn([url]))).toBe(expected);
});
