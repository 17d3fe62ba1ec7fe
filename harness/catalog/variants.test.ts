import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario, withVariants } from './scenarios.ts';
import { parseSetting } from './settings.ts';
import { parseReference } from './variants.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'variants-test-'));
  file = join(folder, 'mine.ts');
  await writeFile(
    file,
    `export default {
      name: 'mine', title: 'Mine', question: 'Why?',
      load: { model: 'open', ratePerSec: 100 }, keys: { kind: 'hot' }, strategies: ['none', 'xfetch-beta-0.5'],
      variants: [
        { name: 'many', title: 'with 4 instances', core: true, set: { 'service.instances': 4 } },
        { name: 'slow', title: 'slow', set: { 'origin.queryMs': 80, 'parameters.xfetch-beta-0.5.beta': 0.4 } },
        { name: 'odd', title: 'odd', set: { 'origin.queryMs': -1 } },
        { name: 'wrong', title: 'wrong', set: { 'origin.queryMS': 80 } },
      ],
      profiles: { smoke: { rounds: 1, stormMs: 500 }, standard: { rounds: 1, stormMs: 500 }, publish: { rounds: 1, stormMs: 500 } },
    };`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a variant', () => {
  test('is the scenario with what differs, under a name of its own', async () => {
    const many = await loadScenario(`${file}:many`, []);
    expect(many.variants).toEqual([]);
    expect(many).toMatchObject({
      name: 'mine-many',
      title: 'Mine (with 4 instances)',
      service: { instances: 4 },
    });
    const slow = await loadScenario(`${file}:slow`, [parseSetting('service.instances=3')]);
    expect(slow).toMatchObject({
      name: 'mine-slow',
      origin: { queryMs: 80 },
      service: { instances: 3 },
      parameters: { 'xfetch-beta-0.5': { beta: 0.4 } },
    });
  });

  test('that does not exist is named with the nearest that does', async () => {
    await expect(loadScenario(`${file}:slwo`, [])).rejects.toThrow(
      'mine has no variant "slwo"; expected one of many, slow, odd, wrong. Did you mean "slow"?',
    );
  });

  test('can set only what there is', async () => {
    await expect(loadScenario(`${file}:wrong`, [])).rejects.toThrow(
      /^mine:wrong: set origin\.queryMS: no such setting; .*Did you mean "origin\.queryMs"\?/,
    );
    await expect(loadScenario(`${file}:odd`, [])).rejects.toThrow(
      `${file}:odd: origin.queryMs: expected more than 0, got number -1`,
    );
  });
});

test('a scenario runs with the variants that are chosen, and a named one alone', async () => {
  expect(await withVariants(file, 'all')).toEqual([
    file,
    `${file}:many`,
    `${file}:slow`,
    `${file}:odd`,
    `${file}:wrong`,
  ]);
  expect(await withVariants(file, 'core')).toEqual([file, `${file}:many`]);
  expect(await withVariants(file, 'none')).toEqual([file]);
  expect(await withVariants(`${file}:slow`, 'all')).toEqual([`${file}:slow`]);
});

test.each([
  ['breakdown', 'breakdown', null],
  ['breakdown:cold', 'breakdown', 'cold'],
  ['./mine.ts:cold', './mine.ts', 'cold'],
  ['c:/mine.ts', 'c:/mine.ts', null],
  ['breakdown:', 'breakdown', ''],
])('%s names %s and %s', (text, scenario, variant) => {
  expect(parseReference(text)).toEqual({ scenario, variant });
});
