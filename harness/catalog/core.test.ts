import { describe, expect, test } from 'vitest';
import { loadContest } from './contest.ts';
import { UsageError } from './errors.ts';
import { builtInScenarios } from './scenarios.ts';
import { parseSetting } from './settings.ts';

const CORE = ['none', 'single-flight', 'mutex', 'logical-expiry'];
const ALL = builtInScenarios().find(({ name }) => name === 'breakdown')?.strategies;

const contendersOf = async (chosen: readonly string[] | null, ...texts: string[]) =>
  (await loadContest('breakdown', texts.map(parseSetting), chosen)).contenders.map(
    ({ definition }) => definition.name,
  );
const problemsOf = (...args: Parameters<typeof contendersOf>) =>
  contendersOf(...args).then(
    () => 'nothing was wrong',
    (error: unknown) => (error instanceof UsageError ? error.message : Promise.reject(error)),
  );

describe('the strategies of a scenario', () => {
  test('are all, or its core, in its own order and baseline first', async () => {
    expect(await contendersOf(null)).toEqual(ALL);
    expect(await contendersOf(['all'])).toEqual(ALL);
    expect(await contendersOf(['core'])).toEqual(CORE);
    expect(await contendersOf(['core'], 'core=["mutex","none"]')).toEqual(['none', 'mutex']);
  });

  test('are all its core where it marks none', async () => {
    expect(await contendersOf(['core'], 'core=null')).toEqual(ALL);
  });

  test('may have others beside them', async () => {
    expect(await contendersOf(['core', 'xfetch-beta-0.5'])).toEqual([...CORE, 'xfetch-beta-0.5']);
    expect(await problemsOf(['core', 'mutex'])).toContain('"mutex" is named more than once');
  });
});

describe('a core', () => {
  test('is of the scenario’s strategies', async () => {
    expect(await problemsOf(['core'], 'core=["none","mutx","leas"]')).toMatch(
      /core\.1: expected one of this scenario’s strategies \(none, .*\), got "mutx"\. Did you mean "mutex"\?[\s\S]*core\.2: .*Did you mean "lease"\?/,
    );
  });

  test('has the baseline', async () => {
    expect(await problemsOf(['core'], 'core=["mutex"]')).toContain(
      'core: expected the baseline "none" among them',
    );
  });
});

describe('thresholds', () => {
  test('of a scenario may name a strategy that only its core leaves out', async () => {
    const setting = (text: string) => `thresholds=["${text}: db.reads < 5"]`;
    expect(await contendersOf(['core'], setting('lease'))).toEqual(CORE);
    expect(await problemsOf(['core'], setting('leese'))).toContain('Did you mean "lease"?');
  });

  test('of the command line name one that runs', async () => {
    await expect(
      loadContest('breakdown', [], ['core'], { thresholds: ['lease: db.reads < 5'] }),
    ).rejects.toThrow('names the strategy "lease", which does not run');
    await expect(
      loadContest('breakdown', [], ['all'], { thresholds: ['xfetch-beta-0.5: db.reads < 5'] }),
    ).resolves.toBeDefined();
  });
});

test('a parameter of a strategy with a dot in its name can be set', async () => {
  const { scenario } = await loadContest(
    'breakdown',
    [parseSetting('parameters.xfetch-beta-0.5.beta=0.7')],
    ['core'],
  );
  expect(scenario.parameters).toEqual({ 'xfetch-beta-0.5': { beta: 0.7 } });
  expect(await problemsOf(['all'], 'parameters.xfetch-beta-0.5.bta=1')).toContain('Did you mean "beta"?');
});
