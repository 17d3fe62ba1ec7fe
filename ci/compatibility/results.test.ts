import { describe, expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import { resultsOf } from './results.ts';

const REDIS = { kind: 'redis', provider: 'containers', image: 'redis:8' } as const;
const MYSQL = { kind: 'database', provider: 'containers', image: 'mysql:9' } as const;

/** Of a suite: the states of its tests, and whether it could be set up. */
interface Suite {
  readonly meta: object;
  readonly states: readonly string[];
  readonly hookFailed?: boolean;
}

/** As much of vitest's report as is read. */
function moduleOf(...suites: readonly Suite[]): TestModule {
  const module = { type: 'module', errors: () => [] };
  const tests = suites.flatMap(({ meta, states, hookFailed = false }) => {
    const parent = { type: 'suite', errors: () => (hookFailed ? [{}] : []), parent: module };
    const nested = { type: 'suite', errors: () => [], parent };
    return states.map((state) => ({ parent: nested, meta: () => meta, result: () => ({ state }) }));
  });
  return { children: { allTests: () => tests } } as unknown as TestModule;
}

const marksOf = (...suites: readonly Suite[]) =>
  resultsOf(suites.map((suite) => moduleOf(suite))).map(({ image, features }) => [
    image,
    Object.fromEntries(features),
  ]);
const scripts = { servers: [REDIS], feature: 'scripts' };

describe('a feature', () => {
  test.each([
    ['works', ['passed', 'passed']],
    ['fails', ['passed', 'failed', 'passed']],
    ['fails', ['failed', 'skipped']],
    ['not tried', ['passed', 'skipped']],
  ])('%s where its tests are %j', (mark, states) => {
    expect(marksOf({ meta: scripts, states })).toEqual([['redis:8', { scripts: mark }]]);
    expect(marksOf({ meta: scripts, states: states.toReversed() })).toEqual([['redis:8', { scripts: mark }]]);
  });

  test.each([
    ['not offered', ['passed', 'passed']],
    ['fails', ['passed', 'failed']],
    ['not tried', ['passed', 'skipped']],
  ])('%s where tests of its refusal are %j', (mark, states) => {
    const suite = { meta: { ...scripts, refused: true }, states };
    expect(marksOf(suite)).toEqual([['redis:8', { scripts: mark }]]);
    expect(marksOf(suite, { meta: scripts, states: ['passed'] })).toEqual([['redis:8', { scripts: mark }]]);
  });

  test('fails where its server could not be started: its tests are only skipped', () => {
    const suite = { meta: scripts, states: ['skipped'], hookFailed: true };
    expect(marksOf(suite)).toEqual([['redis:8', { scripts: 'fails' }]]);
  });

  test('is one, however many files test it, and of all servers that they test', () => {
    const storm = { servers: [REDIS, MYSQL], feature: 'storm' };
    expect(marksOf({ meta: storm, states: ['passed'] }, { meta: scripts, states: ['passed'] })).toEqual([
      ['redis:8', { storm: 'works', scripts: 'works' }],
      ['mysql:9', { storm: 'works' }],
    ]);
  });
});

test('servers without an image are one a kind and provider', () => {
  const of = (provider: string) => ({ servers: [{ kind: 'redis', provider }], feature: 'scripts' });
  const suites = ['local', 'external', 'local'].map((provider) => ({
    meta: of(provider),
    states: ['passed'],
  }));
  expect(resultsOf([moduleOf(...suites)]).map(({ provider }) => provider)).toEqual(['local', 'external']);
});

test('a server is what it said at some time', () => {
  const identity = { product: 'redis', version: '8.0.5' };
  const suites = [
    { meta: { servers: [REDIS] }, states: ['passed'] },
    { meta: { servers: [REDIS], identity }, states: ['passed'] },
    { meta: { servers: [REDIS] }, states: ['passed'] },
    { meta: {}, states: ['failed'] },
  ];
  expect(resultsOf([moduleOf(...suites)])).toEqual([{ ...REDIS, identity, features: new Map() }]);
});
