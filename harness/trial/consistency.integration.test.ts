/** A whole run whose history is kept, from the generator's file to the numbers in the result. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localProvider } from '../../infra/provider.ts';
import { loadContest } from '../catalog/contest.ts';
import { parseSetting } from '../catalog/settings.ts';
import type { Trial } from '../plan/plan.ts';
import { HistoryReader } from '../record/history/history-reader.ts';
import { isOk, isWrite } from '../record/history/operation.ts';
import { RunDirectory } from '../record/run-directory.ts';
import { type RunOutcome, run } from '../run.ts';
import { systemClock } from '../time/clock.ts';

let folder: string;
let directory: RunDirectory;
let outcome: RunOutcome;
let trials: readonly Trial[];

/** Redis forgets everything in the middle of the writes: what is only there is lost. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consistency-test-'));
  directory = await RunDirectory.create(join(folder, 'out'));
  const settings = [
    'profiles.smoke.stormMs=1200',
    'streams.0.restMs=300',
    'faults=[{"kind":"flush","atMs":500}]',
    'parameters.write-behind-interval.flushMs=200',
    'consistency={"quiesceMs":100,"againMs":50}',
  ].map(parseSetting);
  outcome = await run({
    contests: [await loadContest('write-crash:unflushed', settings, ['versioned', 'write-behind-interval'])],
    directory,
    seed: 1,
    profile: 'smoke',
    provider: localProvider,
    rounds: 1,
    command: 'test',
    clock: systemClock,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  directory[Symbol.dispose]();
  const opened = await RunDirectory.open(join(folder, 'out'));
  directory = opened.directory;
  trials = (await directory.readSamples(opened.plan)).map(({ trial }) => trial);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function strategyOf(name: string) {
  const found = outcome.result.scenarios[0]?.strategies.find((strategy) => strategy.name === name);
  if (found === undefined) throw new Error(`no result of ${name}`);
  const value = (metric: string) => found.metrics[metric]?.median ?? null;
  return { ...found, value };
}

/** Writes that were acknowledged, and how far the rows' versions rose: by arithmetic alone. */
async function countedBy(strategy: string) {
  const trial = trials.find((one) => one.strategy === strategy);
  if (trial === undefined) throw new Error(`no trial of ${strategy}`);
  using history = new HistoryReader(directory.historyPath(trial));
  const { keys, keyOf, versions } = await directory.readCommits(trial);
  const last = new Map<string, number>();
  for (const [at, key] of keyOf.entries()) last.set(keys[key] ?? '', versions[at] ?? 0);
  let [acknowledged, unsure, reads] = [0, 0, 0];
  for (const { count, kinds } of history.byKey()) {
    for (const kind of kinds.subarray(0, count)) {
      if (!isWrite(kind)) reads++;
      else if (isOk(kind)) acknowledged++;
      else unsure++;
    }
  }
  // Each row began at version 1.
  const rose = [...last.values()].reduce((sum, version) => sum + version - 1, 0);
  return { acknowledged, unsure, reads, rose, commits: keyOf.length };
}

test('the run was made, and a history of every trial was kept', async () => {
  expect(outcome.error).toBeNull();
  expect(trials.map(({ strategy }) => strategy).sort()).toEqual(['versioned', 'write-behind-interval']);
});

test('write-behind lost what the rows’ versions lack, to the last write', async () => {
  const { acknowledged, unsure, rose, commits } = await countedBy('write-behind-interval');
  expect({ unsure, rose }).toEqual({ unsure: 0, rose: commits });
  expect(acknowledged).toBeGreaterThan(rose);
  expect(strategyOf('write-behind-interval').value('consistency.lostUpdates')).toBe(acknowledged - rose);
  expect(strategyOf('write-behind-interval').worstKey?.reason).toBe('a write that was acknowledged and lost');
});

test('who commits first loses nothing, and leaves nothing wrong', async () => {
  const { acknowledged, unsure, reads, rose } = await countedBy('versioned');
  expect({ unsure, rose }).toEqual({ unsure: 0, rose: acknowledged });
  expect(acknowledged + reads).toBe(strategyOf('versioned').value('requests.completed'));
  const versioned = strategyOf('versioned');
  expect(versioned.value('consistency.lostUpdates')).toBe(0);
  expect(versioned.value('consistency.divergentKeys')).toBe(0);
  expect(versioned.worstKey).toBeUndefined();
});

test('the timeline says what was stale, and that Redis was flushed', () => {
  const { timeline } = strategyOf('versioned');
  expect(timeline?.points.some(({ staleReads }) => staleReads === 0)).toBe(true);
  expect(timeline?.triggers?.map(({ name }) => name)).toEqual(['flush']);
});
