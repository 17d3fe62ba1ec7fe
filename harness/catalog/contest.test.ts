import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionsOf, loadContest } from './contest.ts';
import { UsageError } from './errors.ts';
import { parseSetting } from './settings.ts';

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

describe('the strategy that the storm has to hurt', () => {
  const found = async (chosen: string[] | null, settings: [string, unknown][] = []) => {
    const set = settings.map(([path, value]) => ({ path: path.split('.'), value }));
    return (await loadContest('breakdown', set, chosen)).unprotected;
  };

  test('is the scenario’s own baseline, wherever the user puts it', async () => {
    expect(await found(null)).toBe('none');
    expect(await found(['core'])).toBe('none');
    expect(await found(['mutex', 'none'])).toBe('none');
  });

  test('is none where it does not run, competes, or is the only one', async () => {
    expect(await found(['mutex', 'lease'])).toBeUndefined();
    expect(await found(null, [['outcome.baseline', 'competes']])).toBeUndefined();
    const only: [string, unknown][] = [
      ['strategies', ['none']],
      ['core', null],
      ['claims', []],
      ['outcome.givesUp', {}],
    ];
    expect(await found(null, only)).toBeUndefined();
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

test('a stream that rests for the whole storm is refused, as it would send nothing', async () => {
  const of = (stormMs: number) =>
    loadContest('write-consistency', [parseSetting(`profiles.smoke.stormMs=${stormMs}`)], ['cache-aside'], {
      profile: 'smoke',
    });
  expect((await of(1_001)).contenders).toHaveLength(1);
  await expect(of(1_000)).rejects.toThrow(
    'streams.0.restMs: writes ends 1000 ms before the storm, which takes 1000 ms, and sends nothing; expected a shorter rest or a longer storm',
  );
});

describe('paths', () => {
  const profile = { rounds: 1, stormMs: 500 };
  const scenario = {
    ...{ name: 'mine', title: 'Mine', question: 'Why?', load: { model: 'open', ratePerSec: 1 } },
    ...{ keys: { kind: 'hot' }, strategies: ['none', './beside.ts'] },
    profiles: { smoke: profile, standard: profile, publish: profile },
  };

  test('of a scenario lie beside its file, those of the user in the working directory', async () => {
    const [beside, elsewhere] = [
      await strategyFile('beside.ts', 'beside'),
      await strategyFile('e.ts', 'elsewhere'),
    ];
    const file = join(folder, 'scenario.ts');
    await writeFile(file, `export default ${JSON.stringify(scenario)};`);
    const referencesOf = async (chosen: readonly string[] | null) =>
      (await loadContest(file, [], chosen)).contenders.map(({ name, reference }) => [name, reference]);
    expect(await referencesOf(null)).toEqual([
      ['none', 'none'],
      ['beside', beside],
    ]);
    const chosen = `./${relative(process.cwd(), elsewhere)}`;
    expect(await referencesOf(['none', chosen])).toEqual([
      ['none', 'none'],
      ['elsewhere', elsewhere],
    ]);
  });
});

describe('the user', () => {
  test('adds thresholds to those of the scenario', async () => {
    const settings = [{ path: ['thresholds'], value: ['mutex: db.reads < 5'] }];
    const { scenario } = await loadContest('breakdown', settings, null, { thresholds: ['goodput > 5%'] });
    expect(scenario.thresholds).toEqual(['mutex: db.reads < 5', 'goodput > 5%']);
  });

  test('may judge a strategy of no scenario that runs beside a core', async () => {
    const settings = [{ path: ['thresholds'], value: ['null-cache: db.reads < 5'] }];
    await expect(loadContest('breakdown', settings, ['core', 'null-cache'])).resolves.toBeDefined();
    await expect(loadContest('breakdown', settings, ['core'])).rejects.toThrow(
      '"null-cache", which does not run',
    );
  });

  test('is told once of a strategy that is named thrice', async () => {
    await expect(loadContest('breakdown', [], ['none', 'mutex', 'mutex', 'mutex'])).rejects.toMatchObject({
      problems: [
        { path: '--strategy', message: '"mutex" is named more than once; expected each strategy once' },
      ],
    });
  });

  test.each([
    ['mutx', 'lockMs', 5, /parameters\.mutx: no strategy of this name runs; .*Did you mean "mutex"\?/],
    ['mutex', 'lockMs', 0, /parameters\.mutex\.lockMs: expected 1 to 600000 ms, got 0/],
    ['mutex', 'lockMs', 600_001, /parameters\.mutex\.lockMs: expected 1 to 600000 ms, got 600001/],
    ['none', 'lockMs', 1, /parameters\.none\.lockMs: unknown parameter; this strategy has none/],
  ])('sets only what there is: %s %s %d', async (strategy, name, value, message) => {
    const settings = [{ path: ['parameters', strategy, name], value }];
    await expect(loadContest('breakdown', settings, null)).rejects.toThrow(message);
  });
});

test('two strategies of one name are refused in twice the same scenario, too', async () => {
  const [one, other] = [await strategyFile('1.ts', 'same'), await strategyFile('2.ts', 'same')];
  const contests = [
    await loadContest('breakdown', [], ['none', one]),
    await loadContest('breakdown', [], ['none', other]),
  ];
  expect(() => definitionsOf(contests)).toThrow('strategy "same"');
});

test('a threshold that is about nobody is refused, and the baseline again is nobody else', async () => {
  const thresholds = ['vs none: db.reads < +5%'];
  for (const aa of [false, true]) {
    await expect(loadContest('breakdown', [], ['none'], { thresholds, aa })).rejects.toThrow(
      'is about no strategy',
    );
  }
  await expect(
    loadContest('breakdown', [], ['none', 'mutex'], { thresholds: ['mutex vs nobody: db.reads < 5%'] }),
  ).rejects.toThrow('names the strategy "nobody"');
});
