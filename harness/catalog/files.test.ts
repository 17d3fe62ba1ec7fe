import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { importFile, isPath } from './files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function picked(file: string, text: string): Promise<object> {
  const path = join(folder, file);
  await writeFile(path, text);
  return importFile(path, (candidate) => 'fits' in candidate, 'a thing');
}

test.each([
  ['mutex', false],
  ['xfetch-beta-0.5', false],
  ['mine.ts', true],
  ['./mine', true],
  ['folder\\mine', true],
])('%s is a path: %s', (reference, path) => {
  expect(isPath(reference)).toBe(path);
});

test('the only export that fits is taken, whatever else there is', async () => {
  expect(await picked('twice.ts', 'export const a = { fits: 1 }; export const b = a;')).toEqual({ fits: 1 });
  expect(await picked('one.ts', 'export const a = { fits: 1 }, b = { other: 2 }, c = null, d = 3;')).toEqual({
    fits: 1,
  });
});

test('the default is taken, whatever else fits', async () => {
  expect(await picked('default.ts', 'export const a = { fits: 1 }; export default { fits: 2 };')).toEqual({
    fits: 2,
  });
  expect(await picked('named.ts', 'export const a = { fits: 1 }; export default a;')).toEqual({ fits: 1 });
  expect(await picked('unfit.ts', 'export const a = { fits: 1 }; export default { other: 2 };')).toEqual({
    fits: 1,
  });
});

test('of several without a default nobody knows which', async () => {
  await expect(picked('two.ts', 'export const a = { fits: 1 }, b = { fits: 2 };')).rejects.toThrow(
    'expected exactly one export that is a thing; it exports a, b',
  );
  await expect(picked('none.ts', 'export const a = null, b = 1;')).rejects.toThrow('it exports a, b');
  await expect(picked('empty.ts', 'export {};')).rejects.toThrow('it exports nothing');
});

test('a file that is not there, or can’t be loaded, is told with the reason', async () => {
  await expect(importFile(join(folder, 'absent.ts'), () => true, 'a thing')).rejects.toThrow(
    'no such file; expected a file that exports a thing',
  );
  await expect(picked('broken.ts', 'throw new Error("not today");')).rejects.toThrow(
    'could not be loaded: not today',
  );
});

test('what is no file is not waited for', async () => {
  const pipe = join(folder, 'pipe.ts');
  execFileSync('mkfifo', [pipe]);
  for (const [path, kind] of [
    [pipe, 'a pipe or a device'],
    ['/dev/zero', 'a pipe or a device'],
    [folder, 'a directory'],
  ] as const) {
    await expect(importFile(path, () => true, 'a thing')).rejects.toThrow(
      `expected a file that exports a thing, found ${kind}`,
    );
  }
});

test('a file that never is done with loading is told after ten seconds', async () => {
  const path = join(folder, 'endless.ts');
  await writeFile(path, 'await new Promise(() => {}); export const a = { fits: 1 };');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const loading = importFile(path, () => true, 'a thing');
  loading.catch(() => undefined);
  // The file system has to be asked first, which takes real time.
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10_000);
  await expect(loading).rejects.toThrow('it was not done after 10 s');
});
