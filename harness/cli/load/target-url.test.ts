import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PATH_PATTERN } from '../../load/item-path.ts';
import { targetUrl } from './target-url.ts';

test.each([
  ['http://127.0.0.1:4001/items/{item}', 'http://127.0.0.1:4001', 4001, '/items/{item}'],
  ['http://127.0.0.1:4001', 'http://127.0.0.1:4001', 4001, '/'],
  [
    'http://localhost/v1/{item}/x?id={item}&a=b%20c#top',
    'http://localhost',
    80,
    '/v1/{item}/x?id={item}&a=b%20c',
  ],
  ['https://localhost/%7Bitem%7D', 'https://localhost', 443, '/{item}'],
])('%s', (text, origin, port, path) => {
  expect(targetUrl(text)).toMatchObject({ text, origin, port, path, loopback: true });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['2130706433', true],
  ['[::1]', true],
  ['[::ffff:127.0.0.1]', true],
  ['LOCALHOST', true],
  ['app.localhost', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['example.com', false],
  ['127.0.0.1.example.com', false],
  ['10.0.0.1', false],
  ['128.0.0.1', false],
  ['[::2]', false],
  ['[::ffff:10.0.0.1]', false],
  ['0.0.0.0', false],
])('whether %s is this machine: %s', (host, loopback) => {
  expect(targetUrl(`http://${host}:3000/`).loopback).toBe(loopback);
});

test.each(['', 'localhost:3000', '127.0.0.1', '/items', 'ftp://localhost/', 'http://', 'http://{item}/'])(
  'refuses %j',
  (text) => {
    expect(() => targetUrl(text)).toThrow('Expected a URL with http:// or https://');
  },
);

test('refuses a password, which a report would show', () => {
  expect(() => targetUrl('http://me:secret@localhost/')).toThrow('without user and password');
});

test('any path and query that it takes may go on the wire', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      try {
        expect(targetUrl(`http://localhost/${rest}`).path).toMatch(PATH_PATTERN);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidArgumentError);
      }
    }),
  );
});
