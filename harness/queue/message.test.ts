import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, MessageDecodeError } from './message.ts';

test('any change comes out as it went in', () => {
  const version = fc.oneof(fc.constant(null), fc.nat());
  const storedAtUs = fc
    .double({ min: 0, max: 1e15, noNaN: true, noDefaultInfinity: true })
    .filter((us) => us > 0);
  const changes = fc.record({
    key: fc.string({ unit: 'binary' }),
    value: fc.string({ unit: 'binary' }),
    version,
    storedAtUs,
  });
  fc.assert(
    fc.property(changes, (change) => {
      expect(decodeMessage(encodeMessage(change))).toEqual(change);
    }),
  );
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"key":"a"}',
  '{"key":"a","value":"b","version":"1","storedAtUs":1}',
  '{"key":1,"value":"b","version":1,"storedAtUs":1}',
  '{"key":"a","value":null,"version":1,"storedAtUs":1}',
  '{"key":"a","value":"b","version":1}',
  '{"key":"a","value":"b","storedAtUs":1}',
])('%j is none of ours, and says so', (text) =>
  expect(() => decodeMessage(Buffer.from(text))).toThrow(MessageDecodeError),
);

test('what else a message carries is left out', () => {
  const change = { key: 'a', value: 'b', version: 1, storedAtUs: 2 };
  const more = { ...change, id: 7 };
  expect(JSON.parse(encodeMessage(more).toString())).toEqual(change);
  expect(decodeMessage(Buffer.from(JSON.stringify(more)))).toEqual(change);
});
