import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { comparePositions, readPosition, savePosition } from './log-position.ts';

const at = (file: string, offset: number) => ({ file, offset });

test('positions are in the order of their files, then of their bytes', () => {
  const inOrder = [
    at('binlog.000001', 900),
    at('binlog.000002', 4),
    at('binlog.000002', 1_000),
    at('binlog.000010', 4),
    at('binlog.999999', 4),
    at('binlog.1000000', 4),
  ];
  expect(inOrder.toReversed().toSorted(comparePositions)).toEqual(inOrder);
  expect(comparePositions(at('binlog.000002', 4), at('binlog.000002', 4))).toBe(0);
});

test('a saved position is read back, and replaces the one before; none is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-position-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'position.json');
  expect(await readPosition(path)).toBeNull();
  await savePosition(path, at('binlog.000001', 1_000_000));
  await savePosition(path, at('binlog.000002', 4));
  expect(await readPosition(path)).toEqual(at('binlog.000002', 4));
  expect(await readdir(folder)).toEqual(['position.json']);
});

test('who reads while another is saved reads the one before, and what can’t be read is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-position-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'position.json');
  await savePosition(path, at('binlog.000001', 4));
  await using reading = await open(path);
  await savePosition(path, at('binlog.000002', 4));
  expect(JSON.parse(await reading.readFile('utf8'))).toEqual(at('binlog.000001', 4));
  await expect(readPosition(folder)).rejects.toThrow('EISDIR');
});
