/** What no single field of a scenario can tell: it is refused with its place. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UsageError } from './errors.ts';
import { loadScenario } from './scenarios.ts';
import { parseSetting } from './settings.ts';

const problemsOf = (reference: string, ...texts: readonly string[]) =>
  loadScenario(reference, texts.map(parseSetting)).then(
    () => '',
    (error: unknown) => (error instanceof UsageError ? error.message : Promise.reject(error)),
  );

const writes = { name: 'updates', share: 0.1, operation: 'write', keys: { kind: 'readers' } };
const reads = { name: 'others', share: 0.1, keys: { kind: 'hot' } };
const streams = (...all: readonly object[]) => `streams=${JSON.stringify(all)}`;
const variants = (...names: readonly string[]) =>
  `variants=${JSON.stringify(names.map((name) => ({ name, title: name, set: {} })))}`;
const scan = (count: number) => ({ kind: 'scan', count });
const claims = (theCase: object) =>
  `claims=${JSON.stringify([{ text: 'It helps', source: 'notes', cases: [{ when: 'ever', ...theCase }] }])}`;

test.each<[string[], string]>([
  [['load.ratePerSec=null'], 'load: expected exactly one of ratePerSec, timesCapacity and phases'],
  [
    ['dataset.rows=9', `keys=${JSON.stringify(scan(10))}`],
    'keys.count: expected at most dataset.rows (9), got 10',
  ],
  [
    ['dataset.rows=9', streams({ ...reads, keys: scan(10) })],
    'streams.0.keys.count: expected at most dataset.rows (9), got 10',
  ],
  [
    ['load={"model":"closed","connections":5}', streams(reads)],
    'streams: expected an open load: a closed one has no arrivals to share',
  ],
  [[streams({ ...reads, share: 0.5 }, { ...writes, share: 0.5 })], 'the rest; got 1'],
  [[streams(reads, { ...reads, share: 0.2 })], 'streams.1.name: "others" is named more than once'],
  [[streams({ ...reads, keys: { kind: 'new' } })], 'streams.0.operation: expected "write"'],
  [
    [streams({ ...reads, keys: { kind: 'inserted' } })],
    'streams.0.keys: expected a stream of {kind: "new"} keys beside it',
  ],
  [['strategies=["none","mutex","none"]'], 'strategies.2: "none" is named more than once'],
  [[variants('cold', 'cold')], 'variants.1.name: "cold" is named more than once'],
  [
    [variants('a'.repeat(40))],
    'variants.0.name: expected at most 48 characters with the scenario’s name, got 50',
  ],
  [['name=avalanche'], 'name: expected another name: "avalanche" is a built-in scenario’s own'],
  [['name=avalanche-cold'], 'name: expected another name: "avalanche-cold" is a built-in scenario’s own'],
  [['name=avalanche', variants('cold')], 'variants.0.name: expected another name: "avalanche-cold" is'],
  [['consistency={}'], 'consistency: expected a stream that writes'],
  [['consistency={}', streams(reads)], 'consistency: expected a stream that writes'],
  [['margins={"db.raeds":0.1}'], 'margins.db.raeds: unknown metric "db.raeds"'],
  [['thresholds=["db.reads < 5","db.reads <"]'], 'thresholds.1: '],
  [
    ['variants=[]', claims({ variant: 'cold', holds: ['mutex: db.reads < 5'] })],
    'claims.0.cases.0.variant: no variant "cold"; this scenario has none.',
  ],
])('refused: %j', async (texts, message) => {
  expect(await problemsOf('breakdown', ...texts)).toContain(message);
});

test.each([
  [['dataset.rows=10', `keys=${JSON.stringify(scan(10))}`]],
  [[streams({ ...reads, share: 0.5 }, { ...writes, share: 0.49 })]],
  [[streams({ ...writes, keys: { kind: 'new' } }, { ...reads, keys: { kind: 'inserted' } })]],
  [['consistency={}', streams(reads, writes)]],
  [['load={"model":"closed","connections":5}']],
])('taken: %j', async (texts) => {
  expect(await problemsOf('breakdown', ...texts)).toBe('');
});

test('a problem of a file says in which', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scenarios-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'mine.ts');
  const profile = { rounds: 1, stormMs: 500 };
  const scenario = {
    ...{
      name: 'breakdown-slow-holder',
      title: 'Mine',
      question: 'Why?',
      load: { model: 'open', ratePerSec: 1 },
    },
    ...{ keys: { kind: 'hot' }, strategies: ['none'], core: ['mutex'], thresholds: ['db.reads <'] },
    profiles: { smoke: profile, standard: profile, publish: profile },
  };
  await writeFile(file, `export default ${JSON.stringify(scenario)};`);
  const problems = await problemsOf(file);
  expect(problems).toContain(`${file}: core.0: expected one of this scenario’s strategies`);
  expect(problems).toContain(`${file}: thresholds.0: `);
  expect(problems).toContain(`${file}: name: expected another name: "breakdown-slow-holder" is a built-in`);
});
