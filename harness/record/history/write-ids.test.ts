import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ABSENT,
  FOREIGN,
  MAX_WRITE_ID,
  SEEDED,
  WriteIdScanner,
  writeIdOf,
  writtenValue,
} from './write-ids.ts';

const writeId = fc.integer({ min: 1, max: MAX_WRITE_ID });

/** As it comes in pieces of any length. */
function scan(text: string, cuts: readonly number[]): number {
  const bytes = Buffer.from(text);
  const scanner = new WriteIdScanner();
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let from = 0;
  for (const to of ends) {
    scanner.push(bytes.subarray(from, to));
    from = to;
  }
  return scanner.result();
}

describe('a value', () => {
  it('says whose it is', () => {
    fc.assert(
      fc.property(writeId, fc.integer({ min: 1, max: 300 }), (id, bytes) => {
        const value = writtenValue(id, bytes);
        expect(writeIdOf(value)).toBe(id);
        expect(value.length).toBe(Math.max(bytes, id.toString(36).length + 2));
      }),
    );
    expect(writeIdOf('x'.repeat(256))).toBe(SEEDED);
  });

  it.each(['', 'wwww', 'w.', 'w0.', 'w-1.', 'wzzzzzzz.', 'hello', 'W1.', 'w1'])(
    'is foreign: "%s"',
    (value) => {
      expect(writeIdOf(value)).toBe(FOREIGN);
    },
  );

  it('can have no id that is reserved', () => {
    for (const id of [SEEDED, FOREIGN, ABSENT]) expect(writeIdOf(writtenValue(id, 20))).toBe(FOREIGN);
  });

  it('is found in a body, whatever pieces that comes in', () => {
    fc.assert(
      fc.property(writeId, fc.nat(300), fc.array(fc.nat(), { maxLength: 6 }), (id, bytes, cuts) => {
        const item = { id: '","value":"', value: writtenValue(id, bytes), version: 3 };
        expect(scan(JSON.stringify(item), cuts)).toBe(id);
        expect(scan(JSON.stringify({ ...item, value: 'x'.repeat(bytes + 1) }), cuts)).toBe(SEEDED);
        expect(scan('{"error":"E_NOT_FOUND"}', cuts)).toBe(FOREIGN);
        expect(scan(JSON.stringify({ ...item, value: '' }), cuts)).toBe(FOREIGN);
      }),
    );
  });

  it('is forgotten with its body', () => {
    const scanner = new WriteIdScanner();
    for (const found of ['{"value":"w1.ww"}', `{"value":"${writtenValue(1, 300)}"}`]) {
      scanner.push(Buffer.from(found));
      expect(scanner.result()).toBe(1);
      scanner.reset();
      expect(scanner.result()).toBe(FOREIGN);
    }
  });
});
