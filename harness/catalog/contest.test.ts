import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionsOf, loadContest } from './contest.ts';
import { UsageError } from './errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contest-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A strategy file of the user's with this name. */
async function strategyFile(file: string, name: string): Promise<string> {
  const path = join(folder, file);
  const fields = `kind: 'read', name: '${name}', idea: 'i', source: 's', weakness: 'w', parameters: {}`;
  await writeFile(
    path,
    `export const mine = { ${fields}, expiry: 'physical', predict: () => [], create: () => ({}) };\n`,
  );
  return path;
}

describe('the baseline again', () => {
  test('has the baseline’s definition, and a name that nothing else has', async () => {
    const { contenders, again } = await loadContest('breakdown', [], ['none', 'mutex'], { aa: true });
    expect(contenders.map(({ name, definition }) => [name, definition.name])).toEqual([
      ['none', 'none'],
      ['none-again', 'none'],
      ['mutex', 'mutex'],
    ]);
    expect(again).toBe('none-again');
    const taken = await strategyFile('taken.ts', 'none-again');
    expect((await loadContest('breakdown', [], ['none', taken], { aa: true })).again).toBe(
      'none-again-again',
    );
  });

  test('can be named by a threshold when it runs, and only then', async () => {
    const thresholds = ['none-again vs none: db.reads < +5%'];
    await loadContest('breakdown', [], null, { aa: true, thresholds });
    await expect(loadContest('breakdown', [], null, { thresholds })).rejects.toThrow(
      '"none-again", which does not run',
    );
  });
});

describe('definitionsOf', () => {
  test('one definition may stand in several contests, built-in or from one file', async () => {
    const path = await strategyFile('shared.ts', 'mine');
    const contests = [
      await loadContest('breakdown', [], ['none', path]),
      await loadContest('breakdown', [], ['none', 'mutex', path]),
    ];
    expect([...definitionsOf(contests).keys()].sort()).toEqual(['mine', 'mutex', 'none']);
  });

  test('two strategies of one name are refused, with both files', async () => {
    const [one, other] = [await strategyFile('one.ts', 'twice'), await strategyFile('other.ts', 'twice')];
    const contests = [
      await loadContest('breakdown', [], ['none', one]),
      await loadContest('breakdown', [{ path: ['name'], value: 'second' }], ['none', other]),
    ];
    expect(() => definitionsOf(contests)).toThrow(UsageError);
    expect(() => definitionsOf(contests)).toThrow(
      `strategy "twice": the scenarios breakdown and second bring two strategies of this name (${one} and ${other})`,
    );
  });
});
