import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { forPeople, secretsIn, withoutCredentials } from './credentials.ts';

const url = 'redis+sentinel://me:p%40ss%2Fword@a:1,b:2/m/0?sentinel_password=guards&verify=verify_none';

afterEach(() => vi.unstubAllEnvs());

test('a password is found in every kind of address', () => {
  const raw = 'mysql://a:50%off@h';
  expect(
    secretsIn([url, 'mysql://root:sEcret@h', 'mysql://root@h', 'amqp://h', 'redis://:a@h', raw]),
  ).toEqual(['p@ss/word', 'guards', 'sEcret', '50%off']);
});

test.each([
  ['run --set x=redis://me:other@host/0 --json', 'run --set x=redis://****@host/0 --json'],
  ['input: "mysql://a:b@c@host"', 'input: "mysql://****@host"'],
  ['http://me:pa"ss@host and more', 'http://****@host and more'],
  ["argument 'me:pa\"ss@host:6379' is invalid", "argument '****@host:6379' is invalid"],
  ['?to=redis%3A%2F%2Fme%3Aother%40host', '?to=redis%3A%2F%2F****%40host'],
  ['AUTH p@ss/word failed, p%40ss%2Fword too', 'AUTH **** failed, **** too'],
])('%s', (text, expected) => {
  expect(withoutCredentials(text, secretsIn([url]))).toBe(expected);
});

test.each([
  'http://host/a and b@c',
  'at connect (file:///app/node_modules/@scope/driver/index.js:1:2)',
  '--image redis=localhost:5000/redis:8@sha256:0123',
  '--threshold mutex:db.reads<5@95%',
  'such as redis://user:password@host:6379/0',
])('holds no password: %s', (text) => {
  expect(withoutCredentials(text)).toBe(text);
});

describe('a secret is hidden in every writing', () => {
  const writings: Readonly<Record<string, (text: string) => string>> = {
    plain: (text) => text,
    JSON: (text) => JSON.stringify(text).slice(1, -1),
    'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
    'escaped JSON': (text) =>
      JSON.stringify(text)
        .slice(1, -1)
        .replaceAll(/[^ -~]/g, (c) => `\\u${hex(c)}`),
    'Node’s': (text) => inspect(text).slice(1, -1),
    'percent-encoded': encodeURIComponent,
    'percent-encoded in small letters': (text) =>
      encodeURIComponent(text).replaceAll(/%../g, (code) => code.toLowerCase()),
    'percent-encoded wholly, and twice': (text) =>
      encodeURIComponent(
        [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
      ),
    'a form': (text) => new URLSearchParams({ text }).toString().slice('text='.length),
    'a shell': (text) => text.replaceAll("'", "'\\''"),
    HTML: (text) =>
      text.replaceAll(
        /[&<>"']/g,
        (c) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' }[c]};`,
      ),
    Markdown: (text) => text.replaceAll(/[\\`*_{}[\]#!|~$]/g, '\\$&'),
    SQL: (text) => text.replaceAll(/['"\\]/g, '\\$&'),
  };
  const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0');

  test.each(Object.entries(writings))('%s', (_, written) => {
    const secret = fc.string({
      minLength: 4,
      maxLength: 24,
      unit: fc.constantFrom(...'aZ0"\'\\ `$&<>%@/:é#|~\t'),
    });
    fc.assert(
      fc.property(secret, (text) => {
        expect(withoutCredentials(`before ${written(text)} after`, [text])).toBe('before **** after');
      }),
      { numRuns: 100 },
    );
  });
});

test('people see no password of the environment', () => {
  vi.stubEnv('MYSQL_URL', 'mysql://me:pa%22ss%5Cword@host/db');
  expect(forPeople('{"sql":"IDENTIFIED BY \'pa\\"ss\\\\word\'"}')).toBe('{"sql":"IDENTIFIED BY \'****\'"}');
});
