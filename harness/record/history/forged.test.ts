/** Files that are whole, slot by slot, and tell what can't be: a history is refused or right, never wrong. */
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryError } from './history-error.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryWriter } from './history-writer.ts';
import { type HistoryOperation, kindOf } from './operation.ts';
import { FORMAT_VERSION, HEAD, KEY, MAGIC, NAME_BYTES, OPERATION, SLOT_BYTES, seal } from './slots.ts';
import { MAX_WRITE_ID } from './write-ids.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forged-history-'));
  path = join(folder, 'history.bin');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Fill = (view: DataView) => void;

/** A file of these slots, each with the check that fits. */
function forge(...slots: readonly Fill[]): void {
  const buffer = Buffer.alloc(slots.length * SLOT_BYTES);
  for (const [slot, fill] of slots.entries()) {
    fill(new DataView(buffer.buffer, buffer.byteOffset + slot * SLOT_BYTES, SLOT_BYTES));
    seal(new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength), slot * SLOT_BYTES, slot);
  }
  writeFileSync(path, buffer);
}

const head =
  ({ version = FORMAT_VERSION, magic = MAGIC } = {}): Fill =>
  (view) => {
    view.setUint8(0, HEAD);
    view.setUint8(1, version);
    view.setUint32(4, magic, true);
  };
const key =
  (bytes: number, following = 0): Fill =>
  (view) => {
    view.setUint8(0, KEY);
    view.setUint8(1, bytes);
    view.setUint16(2, following, true);
  };
const operation =
  ({ kind = kindOf('write', 'ok'), index = 0, writeId = 1 } = {}): Fill =>
  (view) => {
    view.setUint8(0, OPERATION);
    view.setUint8(1, kind);
    view.setUint32(8, index, true);
    view.setUint32(16, writeId, true);
  };

function countOf(): number {
  using reader = new HistoryReader(path);
  return reader.count;
}

const one: HistoryOperation = {
  ...{ key: 'a', kind: kindOf('read', 'ok'), session: 1, writeId: 0, version: 0 },
  ...{ startUs: 1, finishUs: 2 },
};

describe('what can’t be is refused, though every check fits:', () => {
  it.each<[string, readonly Fill[], RegExp]>([
    ['another format', [head({ magic: MAGIC + 1 })], /expected a history, found something else/],
    ['another version', [head({ version: FORMAT_VERSION + 1 })], /expected a history of version 1, found 2/],
    ['a slot of no kind', [head(), (view) => view.setUint8(0, 1)], /damaged at byte 32: unknown tag 1/],
    ['a second head', [head(), head()], /damaged at byte 32: unknown tag/],
    ['a name that is longer than its slot', [head(), key(NAME_BYTES + 1)], /a key that is not whole/],
    ['a name with a part missing', [head(), key(24, 2), key(1, 0)], /byte 64: a key that is not whole/],
    [
      'an operation amid a name',
      [head(), key(1), key(24, 1), operation()],
      /byte 96: an operation amid a key/,
    ],
    ['an operation of no kind', [head(), key(1), operation({ kind: 6 })], /the unknown kind 6/],
    ['an operation before its key', [head(), key(1), operation({ index: 1 })], /the unknown key 1/],
    ['a write without an id', [head(), key(1), operation({ writeId: 0 })], /the impossible id 0/],
    [
      'a write of an id with another meaning',
      [head(), key(1), operation({ writeId: MAX_WRITE_ID + 1 })],
      /the impossible id/,
    ],
  ])('%s', (_, slots, message) => {
    forge(...slots);
    expect(() => new HistoryReader(path)).toThrow(HistoryError);
    expect(() => new HistoryReader(path)).toThrow(message);
  });
});

it('takes what can be', () => {
  forge(
    head(),
    key(NAME_BYTES),
    key(24, 1),
    key(3),
    operation(),
    operation({ index: 1, writeId: MAX_WRITE_ID }),
  );
  expect(countOf()).toBe(2);
  // Of a read, the id says what it found: nothing that was written, too.
  forge(head(), key(1), operation({ kind: kindOf('read', 'ok'), writeId: MAX_WRITE_ID + 2 }));
  expect(countOf()).toBe(1);
});

it('slots that are left out, repeated or swapped leave a history that is refused, or the beginning of the right one', async () => {
  using writer = new HistoryWriter(path, 0);
  const all = Array.from({ length: 12 }, (_, n) => ({
    ...one,
    key: `${n % 3} ${'long'.repeat(n % 3)}`,
    version: n,
  }));
  for (const each of all) writer.record(each);
  writer.close();
  const bytes = await readFile(path);
  const slots = Array.from({ length: bytes.length / SLOT_BYTES }, (_, n) =>
    bytes.subarray(n * SLOT_BYTES, (n + 1) * SLOT_BYTES),
  );
  const place = fc.nat(slots.length - 1);
  fc.assert(
    fc.property(fc.array(fc.tuple(place, fc.nat(2), place), { minLength: 1, maxLength: 4 }), (changes) => {
      const left = [...slots];
      for (const [from, removed, copied] of changes)
        left.splice(from, removed, ...(removed < 2 ? [slots[copied] ?? bytes] : []));
      writeFileSync(path, Buffer.concat(left));
      const right = left.every((slot, n) => slot === slots[n]);
      if (!right) expect(() => new HistoryReader(path)).toThrow(HistoryError);
      else expect(countOf()).toBeLessThanOrEqual(all.length);
    }),
  );
});

it('tells of two damages of one bit', async () => {
  using writer = new HistoryWriter(path, 0);
  writer.record(one);
  writer.close();
  const whole = await readFile(path);
  for (let bit = 0; bit < 32; bit++) {
    for (let word = 0; word < 6; word++) {
      const bytes = Buffer.from(whole);
      for (const each of [word, word + 1]) {
        const at = SLOT_BYTES + each * 4 + (bit >> 3);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      }
      writeFileSync(path, bytes);
      expect(() => new HistoryReader(path)).toThrow('damaged at byte 32: its check does not fit');
    }
  }
});

describe('a reader', () => {
  it('tells of a file that became shorter since it was opened', () => {
    using writer = new HistoryWriter(path, 0);
    writer.record(one);
    writer.close();
    using reader = new HistoryReader(path);
    truncateSync(path, SLOT_BYTES);
    expect(() => reader.operationsOf('a')).toThrow('it became shorter while it was read');
    expect(() => [...reader.byKey()]).toThrow(HistoryError);
  });

  it('knows of no key for a write that is not there', () => {
    using writer = new HistoryWriter(path, 0);
    writer.record({ ...one, kind: kindOf('write', 'ok'), writeId: 5 });
    writer.close();
    using reader = new HistoryReader(path);
    expect([4, 5, 6].map((writeId) => reader.ownerOf(writeId))).toEqual([null, 'a', null]);
  });

  it('leaves no file open that it refuses', () => {
    writeFileSync(path, 'nothing of ours');
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let n = 0; n < 5; n++) expect(() => new HistoryReader(path)).toThrow(HistoryError);
    expect(open()).toBe(before);
  });
});

describe('a writer', () => {
  const longest = 'x'.repeat(0x1_0000 * NAME_BYTES);

  it('has written its head at once, and all but the last of its operations when it is killed', () => {
    using writer = new HistoryWriter(path, 17.25);
    using reader = new HistoryReader(path);
    expect([reader.startedAtUs, reader.count]).toEqual([17.25, 0]);
    for (let n = 0; n < 5_000; n++) writer.record(one);
    expect(countOf()).toBeGreaterThanOrEqual(5_000 - 2_048);
    writer.close();
    expect(countOf()).toBe(5_000);
    expect(() => writer.close()).not.toThrow();
  });

  it('takes times that no storm has for the nearest that it can write', () => {
    using writer = new HistoryWriter(path, 0);
    writer.record({ ...one, startUs: -3.5, finishUs: 2 });
    writer.record({ ...one, startUs: 10, finishUs: 4 });
    writer.record({ ...one, startUs: 10, finishUs: 2 ** 40 });
    writer.record({ ...one, startUs: 2 ** 50, finishUs: 2 ** 50 + 1 });
    writer.close();
    using reader = new HistoryReader(path);
    const { startsUs, finishesUs } = reader.operationsOf('a');
    expect([...startsUs]).toEqual([0, 10, 10, 2 ** 48 - 1]);
    expect([...finishesUs]).toEqual([2, 10, 10 + 2 ** 32 - 1, 2 ** 48 - 1 + 2 ** 32 - 1]);
  });

  it('takes keys as long as they can be told', () => {
    using writer = new HistoryWriter(path, 0);
    writer.record({ ...one, key: longest });
    expect(() => writer.record({ ...one, key: `${longest}x` })).toThrow('1572865 bytes is too long');
    writer.close();
    using reader = new HistoryReader(path);
    expect(reader.keys.map((name) => name === longest)).toEqual([true]);
    expect(reader.count).toBe(1);
  });
});
