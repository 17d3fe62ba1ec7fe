import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadContest } from './contest.ts';
import { builtInScenarios } from './scenarios.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claims-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A scenario file with one claim of one case. */
async function scenarioWith(theCase: object, chosen: readonly string[] | null = null) {
  files += 1;
  const file = join(folder, `mine-${files}.ts`);
  const profile = { rounds: 1, stormMs: 500 };
  const scenario = {
    name: 'mine',
    title: 'Mine',
    question: 'Why?',
    load: { model: 'open', ratePerSec: 100 },
    keys: { kind: 'hot' },
    strategies: ['none', 'mutex', 'lease'],
    variants: [{ name: 'few', title: 'few', set: { strategies: ['none', 'lease'] } }],
    claims: [{ text: 'It helps', source: 'notes', cases: [{ when: 'ever', ...theCase }] }],
    profiles: { smoke: profile, standard: profile, publish: profile },
  };
  await writeFile(file, `export default ${JSON.stringify(scenario)};`);
  return loadContest(file, [], chosen);
}

describe('a claim', () => {
  test('that can be judged is taken, whoever runs', async () => {
    const { scenario } = await scenarioWith({ holds: ['mutex: db.reads < 5'] }, ['none', 'lease']);
    expect(scenario.claims[0]?.cases).toEqual([
      { when: 'ever', variant: null, holds: ['mutex: db.reads < 5'] },
    ]);
    await expect(scenarioWith({ variant: 'few', holds: ['lease: db.reads < 5'] })).resolves.toBeDefined();
  });

  test.each([
    [
      { holds: ['mutex: db.raeds < 5'] },
      /claims\.0\.cases\.0\.holds\.0: .*Did you mean "db\.reads"\? The metrics are db\..*\n.*\n +\^/,
    ],
    [{ holds: ['mutex: goodput < 99'] }, /claims\.0\.cases\.0\.holds\.0: .* write 99% or 9900%/],
    [{ holds: ['mutex: db.reads >= 0'] }, /claims\.0\.cases\.0\.holds\.0: .* it always holds/],
    [{ holds: ['db.reads < 5'] }, /claims\.0\.cases\.0\.holds\.0: "db\.reads < 5" names no strategy/],
    [
      { holds: ['mutex: db.reads < 5', 'mutx: db.reads < 5'] },
      /claims\.0\.cases\.0\.holds\.1: .*names the strategy "mutx".*expected one of none, mutex, lease\. Did you mean "mutex"\?/,
    ],
    [
      { variant: 'few', holds: ['mutex: db.reads < 5'] },
      /names the strategy "mutex".*expected one of none, lease/,
    ],
    [
      { variant: 'fwe', holds: ['mutex: db.reads < 5'] },
      /claims\.0\.cases\.0\.variant: no variant "fwe"; expected one of few\. Did you mean "few"\?/,
    ],
    [{ holds: [] }, /claims\.0\.cases\.0\.holds: expected at least 1/],
    [{ hold: ['mutex: db.reads < 5'], holds: ['mutex: db.reads < 5'] }, /Did you mean "holds"\?/],
  ])('that can’t be is refused, with its place: %j', async (theCase, message) => {
    await expect(scenarioWith(theCase)).rejects.toThrow(message);
  });
});

test.each(builtInScenarios().map(({ name }) => name))('the claims of %s are sound', async (name) => {
  await expect(loadContest(name, [], null)).resolves.toBeDefined();
});
