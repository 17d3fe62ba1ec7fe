import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageError } from '../storage.ts';
import { HistoryError } from './history-error.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryWriter } from './history-writer.ts';
import {
  type HistoryOperation,
  isOk,
  isWrite,
  type KeyHistory,
  kindOf,
  outcomeOf,
  sourceOf,
} from './operation.ts';
import { SLOT_BYTES } from './slots.ts';
import { MAX_WRITE_ID } from './write-ids.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-test-'));
  path = join(folder, 'history.bin');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const operation = fc.record({
  // Long ones lie in several slots, and of some the bytes are cut between slots.
  key: fc.oneof(fc.constantFrom('a', 'b', ''), fc.string({ unit: 'grapheme', maxLength: 60 })),
  kind: fc
    .tuple(
      fc.constantFrom('read', 'write'),
      fc.constantFrom('ok', 'fail', 'info'),
      fc.constantFrom('unknown', 'hit', 'miss', 'stale', 'null', 'l1', 'shed'),
    )
    .map(([op, outcome, source]) => kindOf(op, outcome, source)),
  session: u32,
  writeId: fc.integer({ min: 1, max: MAX_WRITE_ID }),
  version: u32,
  startUs: fc.integer({ min: 0, max: 2 ** 47 }),
  durationUs: u32,
});
const operations = fc
  .array(operation, { maxLength: 60 })
  .map((all) => all.map(({ durationUs, ...rest }) => ({ ...rest, finishUs: rest.startUs + durationUs })));

function write(all: readonly HistoryOperation[], startedAtUs = 17.25): void {
  using writer = new HistoryWriter(path, startedAtUs);
  for (const one of all) writer.record(one);
}

/** Row by row again. */
function rows(history: KeyHistory): HistoryOperation[] {
  return Array.from({ length: history.count }, (_, index) => ({
    key: history.key,
    kind: history.kinds[index] as number,
    session: history.sessions[index] as number,
    writeId: history.writeIds[index] as number,
    version: history.versions[index] as number,
    startUs: history.startsUs[index] as number,
    finishUs: history.finishesUs[index] as number,
  }));
}

function allRows(reader: HistoryReader, batch?: number): HistoryOperation[] {
  const all: HistoryOperation[] = [];
  // At once: the next step uses the memory again.
  for (const history of reader.byKey(batch)) all.push(...rows(history));
  return all;
}

function readAll(batch?: number): HistoryOperation[] {
  using reader = new HistoryReader(path);
  return allRows(reader, batch);
}

function byKey(all: readonly HistoryOperation[]): HistoryOperation[] {
  return [...Map.groupBy(all, ({ key }) => key).values()].flat();
}

describe('a history', () => {
  it('gives back what was recorded, key by key, however few are held at once', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 50 }), (all, batch) => {
        write(all);
        expect(readAll(batch)).toEqual(byKey(all));
        using reader = new HistoryReader(path);
        expect([reader.startedAtUs, reader.count]).toEqual([17.25, all.length]);
        expect(reader.keys).toEqual([...new Set(all.map(({ key }) => key))]);
        const last = all.at(-1);
        if (last !== undefined) {
          expect(rows(reader.operationsOf(last.key))).toEqual(all.filter(({ key }) => key === last.key));
        }
        const owners = new Map(all.filter(({ kind }) => isWrite(kind)).map((one) => [one.writeId, one.key]));
        for (const [writeId, key] of owners) expect(reader.ownerOf(writeId)).toBe(key);
        expect(reader.operationsOf('never asked for').count).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('never makes an operation shorter than it was', () => {
    const one = { key: 'a', kind: kindOf('read', 'ok'), session: 1, writeId: 0, version: 0 };
    write([{ ...one, startUs: 10.9, finishUs: 12.1 }]);
    expect(readAll()).toEqual([{ ...one, startUs: 10, finishUs: 13 }]);
  });

  it('is whole up to the last whole slot when its end is missing', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.nat(), async (all, cut) => {
        write(all);
        const { length } = await readFile(path);
        const left = SLOT_BYTES + (cut % (length - SLOT_BYTES + 1));
        await truncate(path, left);
        using reader = new HistoryReader(path);
        expect(allRows(reader)).toEqual(byKey(all.slice(0, reader.count)));
        if (left === length) expect(reader.count).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it('tells of any damaged byte', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.nat(), fc.integer({ min: 1, max: 255 }), async (all, where, change) => {
        write(all);
        const bytes = await readFile(path);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        await writeFile(path, bytes);
        expect(() => new HistoryReader(path)).toThrow(HistoryError);
      }),
      { numRuns: 150 },
    );
  });

  it('tells of slots that are missing or stand twice', async () => {
    const one = { key: 'a', kind: kindOf('read', 'ok'), session: 1, writeId: 0, version: 0 };
    write([1, 2, 3].map((startUs) => ({ ...one, startUs, finishUs: startUs })));
    const bytes = await readFile(path);
    const slots = Array.from({ length: bytes.length / SLOT_BYTES }, (_, slot) =>
      bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES),
    );
    for (const wrong of [slots.toSpliced(3, 1), [...slots.slice(0, 4), ...slots.slice(3)]]) {
      await writeFile(path, Buffer.concat(wrong));
      expect(() => new HistoryReader(path)).toThrow(/damaged at byte (96|128)/);
    }
  });

  it('refuses what is no history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await writeFile(path, bytes);
        expect(() => new HistoryReader(path)).toThrow(HistoryError);
      }),
      { numRuns: 50 },
    );
    expect(() => new HistoryReader(join(folder, 'nowhere'))).toThrow(HistoryError);
    expect(() => new HistoryWriter(join(folder, 'nowhere', 'x'), 0)).toThrow(StorageError);
  });

  it('goes on over the ends of its buffers', () => {
    const all = Array.from({ length: 40_000 }, (_, index) => ({
      ...{ key: `item-${index % 777}`, kind: kindOf('write', 'info'), session: index, writeId: index + 1 },
      ...{ version: 0, startUs: index, finishUs: index + 5 },
    }));
    write(all);
    expect(readAll(1_000)).toEqual(byKey(all));
  });
});

it('tells the parts of a kind', () => {
  const kind = kindOf('write', 'info', 'stale');
  expect([isWrite(kind), outcomeOf(kind), sourceOf(kind), isOk(kind)]).toEqual([
    true,
    'info',
    'stale',
    false,
  ]);
  expect(isOk(kindOf('read', 'ok', 'shed'))).toBe(true);
});
