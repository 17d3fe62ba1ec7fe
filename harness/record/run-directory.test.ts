import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../plan/plan.ts';
import { RunDirectory } from './run-directory.ts';

const plan: Plan = { planVersion: 1, seed: 1, profile: 'smoke', infra: 'local', scenarios: [], trials: [] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-directory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('create', () => {
  test('makes the directory and its parents', async () => {
    await RunDirectory.create(join(folder, 'a/b'));
    expect(await readdir(join(folder, 'a/b'))).toEqual(['samples']);
  });

  test('replaces an earlier run, and leaves what is not ours', async () => {
    const directory = await RunDirectory.create(folder);
    await directory.writePlan(plan);
    await directory.write('result.json', 'old');
    await writeFile(join(folder, 'samples/001-x.json'), '{}');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await RunDirectory.create(folder);
    expect((await readdir(folder)).sort()).toEqual(['notes.txt', 'samples']);
    expect(await readdir(join(folder, 'samples'))).toEqual([]);
  });

  test('refuses a directory of somebody else, and touches nothing in it', async () => {
    await mkdir(join(folder, 'samples'));
    await writeFile(join(folder, 'result.json'), 'theirs');
    await expect(RunDirectory.create(folder)).rejects.toMatchObject({ code: 'E_RUN_DIRECTORY' });
    expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe('theirs');
  });

  test('refuses a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(RunDirectory.create(join(folder, 'file'))).rejects.toThrow(
      'expected a directory, found a file',
    );
  });
});

describe('write', () => {
  test('puts the whole content in place, and nothing beside it', async () => {
    const directory = await RunDirectory.create(folder);
    for (const content of ['first', 'second']) await directory.write('result.json', content);
    expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe('second');
    expect((await readdir(folder)).sort()).toEqual(['result.json', 'samples']);
  });
});

test('events are appended in order, a line each', async () => {
  const directory = await RunDirectory.create(folder);
  for (const atUs of [1, 2, 3]) await directory.appendEvent({ atUs, type: 'stack-stopped' });
  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).atUs)).toEqual([1, 2, 3]);
});

test('a sample of another version is refused', async () => {
  const directory = await RunDirectory.create(folder);
  await writeFile(join(folder, 'samples/001-x.json'), '{"sampleVersion": 99}');
  await expect(directory.readSamples()).rejects.toThrow('expected sample version 1, found 99');
});
