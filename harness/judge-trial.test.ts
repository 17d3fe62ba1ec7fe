import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleOf } from './analysis/fixtures/trials.ts';
import { loadContest } from './catalog/contest.ts';
import { parseSetting } from './catalog/settings.ts';
import { judgeTrial } from './judge-trial.ts';
import { expandPlan } from './plan/plan.ts';
import type { Audit } from './record/audited-read.ts';
import { CommitsRecorder } from './record/commits.ts';
import { HistoryWriter } from './record/history/history-writer.ts';
import { kindOf } from './record/history/operation.ts';
import { RunDirectory } from './record/run-directory.ts';
import type { TrialSample } from './record/sample.ts';

const STARTED_US = 5_000_000;

let folder: string;
let directory: RunDirectory;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-trial-'));
  directory = await RunDirectory.create(join(folder, 'out'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A trial of the second of two scenarios, with what it left: one write at 10 ms, and a stale read at 120 ms. */
async function trial() {
  const twin = await loadContest('breakdown', [parseSetting('name=twin')], ['none']);
  const contest = await loadContest('breakdown', [], ['none']);
  const plan = expandPlan([twin, contest], { seed: 1, profile: 'smoke', infra: 'local' });
  const planned = plan.scenarios[1];
  if (planned === undefined) throw new Error('the plan has no second scenario');
  const made = sampleOf(planned, { strategy: 'none', reads: 10, round: 3 });
  const audit = (atMs: number): Audit => ({
    endedAtUs: STARTED_US + atMs * 1e3,
    reads: [{ key: 'a', instance: 0, writeId: 1, source: 'hit' }],
  });
  const sample: TrialSample = {
    ...made,
    load: { ...made.load, startedAtUs: STARTED_US },
    faults: [{ kind: 'flush', name: 'flush', fromUs: STARTED_US + 50_000, toUs: STARTED_US + 60_000 }],
    audits: [audit(1_000), audit(1_300)],
  };
  await directory.writePlan(plan);
  using writer = new HistoryWriter(directory.historyPath(sample.trial), STARTED_US);
  const one = { key: 'a', session: 1, version: 0 };
  writer.record({ ...one, kind: kindOf('write', 'ok'), writeId: 1, startUs: 10_000, finishUs: 15_000 });
  writer.record({ ...one, kind: kindOf('read', 'ok'), writeId: 0, startUs: 120_000, finishUs: 121_000 });
  const commits = new CommitsRecorder();
  commits.add('a', 1, 2);
  await directory.writeCommits(sample.trial, commits.commits());
  return { plan, sample };
}

test('judges what a trial left, on the time of its storm', async () => {
  const { plan, sample } = await trial();
  const { consistency } = await judgeTrial(sample, plan, directory);
  expect(consistency).toMatchObject({
    staleness: { readRate: 1, maxMs: 105 },
    // From the end of the fault to the look that found it right.
    convergence: { stuck: false, ms: 940 },
    worstKey: { key: 'a', round: 3, triggers: [{ name: 'flush', fromMs: 50, toMs: 60 }] },
  });
  expect(consistency?.staleReads).toEqual([null, 1, ...Array(sample.load.windows.length - 2).fill(null)]);
});

test('refuses a history that is shorter or longer than the storm', async () => {
  const { plan, sample } = await trial();
  const withOperations = (operations: number) => ({ ...sample, load: { ...sample.load, operations } });
  expect((await judgeTrial(withOperations(2), plan, directory)).consistency).not.toBeNull();
  for (const operations of [1, 3]) {
    await expect(judgeTrial(withOperations(operations), plan, directory)).rejects.toThrow(
      `.history: expected ${operations} operations, found 2: it is not whole`,
    );
  }
});

test('has nothing to say where no history was kept, nor of a scenario that is not in the plan', async () => {
  const { plan, sample } = await trial();
  const { audits: _, ...without } = sample;
  expect(await judgeTrial(without, plan, directory)).toEqual({ consistency: null });
  const strange = { ...sample, trial: { ...sample.trial, scenario: 'strange' } };
  expect(await judgeTrial(strange, plan, directory)).toEqual({ consistency: null });
});
