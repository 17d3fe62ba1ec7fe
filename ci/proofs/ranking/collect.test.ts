/** What a folder of runs is worth: which of them count, and which must not be mixed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Result, resultSchema, SCHEMA_VERSION } from '../../../harness/result/schema.ts';
import { collect, runMissing } from './collect.ts';

const STANDARD = { profile: 'standard', rounds: null };

let into: string;
beforeEach(async () => {
  into = await mkdtemp(join(tmpdir(), 'proof-ranking-test-'));
});
afterEach(() => rm(into, { recursive: true, force: true }));

interface Facts {
  readonly seed: number;
  readonly profile?: string;
  readonly interrupted?: boolean;
  /** Of three. */
  readonly roundsOfMutex?: number;
}

function resultOf({ seed, profile = 'standard', interrupted = false, roundsOfMutex = 3 }: Facts): Result {
  const strategy = (name: string, values: number[]) => ({
    ...{ name, idea: '', source: '', weakness: '', baseline: name === 'none', parameters: {} },
    ...{ verdict: name === 'none' ? 'inconclusive' : 'pass', bounds: [], timeline: null, spectrum: [] },
    metrics: { 'db.reads': { unit: 'count', median: 1, low: 1, high: 1, values } },
  });
  return resultSchema.parse({
    ...{ schemaVersion: SCHEMA_VERSION, runId: 'made-up', verdict: 'pass', interrupted, warnings: [] },
    provenance: {
      ...{ cachestorm: '0', git: null, planHash: '', seed, profile, rounds: 3, command: '' },
      ...{ startedAt: '', finishedAt: '', node: '', infra: '', backends: [], packages: {} },
      host: { cpuModel: '', cpus: 1, memoryBytes: 1, platform: '', kernel: '' },
    },
    scenarios: [
      {
        ...{ name: 'breakdown', title: '', verdict: 'pass', question: '', answer: '', settings: { a: 1 } },
        ...{ load: { model: 'open', description: '' }, capacity: { queriesPerSec: 1, formula: '' } },
        strategies: [strategy('none', [9, 8, 7]), strategy('mutex', [1, 1, 1].slice(0, roundsOfMutex))],
        ...{ comparisons: [], warnings: [] },
      },
    ],
  });
}

async function keep(folder: string, facts: Facts): Promise<void> {
  await mkdir(join(into, folder, 'breakdown'), { recursive: true });
  await writeFile(join(into, folder, 'breakdown/result.json'), JSON.stringify(resultOf(facts)));
}

test('complete runs are collected in the order of their seeds, and not run again', async () => {
  for (const seed of [10, 9]) await keep(`seed-${seed}`, { seed });
  await keep('seed-11', { seed: 11, interrupted: true });
  await keep('seed-12', { seed: 12, roundsOfMutex: 2 });
  await mkdir(join(into, 'seed-13'));
  await mkdir(join(into, 'other'));
  const found = await collect(into, 'breakdown', STANDARD);
  expect(found.map(({ seed }) => seed)).toEqual([9, 10]);
  expect(Object.fromEntries(found[0]?.reads ?? [])).toEqual({ none: [9, 8, 7], mutex: [1, 1, 1] });
  expect(found[0]?.doubtful).toEqual(['none']);
  expect(await runMissing(into, 9, 'breakdown', STANDARD)).toBe(false);
  expect(await collect(into, 'avalanche', STANDARD)).toEqual([]);
  expect(await collect(join(into, 'not-there'), 'breakdown', STANDARD)).toEqual([]);
});

test('a run that was copied or measured otherwise is refused, and not overwritten', async () => {
  await keep('seed-1', { seed: 1 });
  await keep('seed-2', { seed: 1 });
  await expect(collect(into, 'breakdown', STANDARD)).rejects.toThrow(
    /seed-2.breakdown holds seed 1, profile standard, 3 rounds; expected seed 2, profile standard, 3 rounds/,
  );
  const others = [
    { profile: 'smoke', rounds: null },
    { profile: 'standard', rounds: 9 },
  ];
  for (const other of others) {
    await expect(runMissing(into, 1, 'breakdown', other)).rejects.toThrow('Use another folder with --into');
  }
});
