import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSuccession } from './succession.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'succession-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A place whose processes are numbered, write their number down, and are noted when they end. */
function processes(starting: (n: number) => Promise<void> = async () => {}) {
  const ended: number[] = [];
  let started = 0;
  async function start({ accountFile }: { readonly accountFile?: string }) {
    const n = ++started;
    await starting(n);
    if (accountFile !== undefined) await writeFile(accountFile, JSON.stringify({ n }), { flag: 'wx' });
    return { n, [Symbol.asyncDispose]: async () => void ended.push(n) };
  }
  return { start, ended };
}

test('a killed process leaves its account, and its successor takes its place', async () => {
  const { start, ended } = processes();
  {
    await using place = await startSuccession<{ n: number } & AsyncDisposable, { n: number }>(start, folder);
    expect([place.living.n, place.ended]).toEqual([1, []]);
    await place.kill();
    expect(ended).toEqual([1]);
    await place.restart();
    expect(place.living.n).toBe(2);
    await place.kill();
    await place.restart();
    expect([place.living.n, place.ended]).toEqual([3, [{ n: 1 }, { n: 2 }]]);
  }
  expect(ended).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toHaveLength(3);
});

test('without a place for accounts nobody can be killed', async () => {
  const { start, ended } = processes();
  await using place = await startSuccession(start, null);
  await expect(place.kill()).rejects.toThrow('was not started to be killed');
  expect(ended).toEqual([]);
});

test('who is just starting when the place is given up ends, too, and before it is given up', async () => {
  const gate = Promise.withResolvers<void>();
  const { start, ended } = processes((n) => (n === 1 ? Promise.resolve() : gate.promise));
  const place = await startSuccession(start, folder);
  await place.kill();
  const restarting = place.restart();
  const givingUp = place[Symbol.asyncDispose]();
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(ended).toEqual([1]);
  gate.resolve();
  await Promise.all([restarting, givingUp]);
  expect(ended).toContain(2);
  expect(place.living.n).toBe(1);
});

test('a successor that can’t start is told, and keeps nobody from giving the place up', async () => {
  const { start, ended } = processes(async (n) => {
    if (n === 2) throw new Error('no memory');
  });
  const place = await startSuccession(start, folder);
  await place.kill();
  await expect(place.restart()).rejects.toThrow('no memory');
  await place[Symbol.asyncDispose]();
  expect(ended).toEqual([1, 1]);
});
