import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventLog } from '../event-log.ts';
import type { RunEvent } from '../events.ts';
import { planHash } from '../plan/hash.ts';
import { PLAN_VERSION, type Plan, type Trial } from '../plan/plan.ts';
import { programProvenance } from '../result/provenance.ts';
import { systemClock } from '../time/clock.ts';
import { RunDirectory } from './run-directory.ts';
import { SAMPLE_VERSION, type TrialSample } from './sample.ts';
import { StorageError } from './storage.ts';

const trial: Trial = { index: 1, scenario: 'breakdown', strategy: 'none', round: 1, seed: 1 };
const plan: Plan = {
  ...{ planVersion: PLAN_VERSION, seed: 1, profile: 'smoke', infra: 'local' },
  ...{ scenarios: [], trials: [trial] },
};
const sample = { sampleVersion: SAMPLE_VERSION, trial } as TrialSample;
const start: RunEvent = {
  ...{ type: 'run-started', atUs: 0, runId: '20260101t000000-0123abcd', planHash: planHash(plan), trials: 1 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', command: 'cachestorm run', program: await programProvenance() },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-directory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A run with a trial and a result, as it lies there when it is over. */
async function finishedRun({ path = folder, told = 'old' } = {}): Promise<void> {
  using directory = await RunDirectory.create(path);
  await directory.appendEvent(start);
  await directory.writePlan(plan);
  await directory.writeSample(sample);
  await writeFile(directory.historyPath(trial), told);
  await directory.writeVoidSample(sample);
  for (const name of ['result.json', 'report.html', 'summary.md'] as const) {
    await directory.writeOutcome(name, told);
  }
}

/** Path and content of every file. */
async function contents(path = folder): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found[file.slice(path.length + 1)] = await readFile(file, 'utf8');
  }
  return found;
}

describe('a directory of somebody else', () => {
  const theirs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'another program’s plan': { 'plan.json': '{"terraform":1}', 'report.html': 'theirs' },
    'another program’s plan and events': { 'plan.json': '{}', 'events.jsonl': '{"type":"run-started"}\n' },
    'a plan that is not the one of the start': {
      'plan.json': JSON.stringify({ ...plan, seed: 2 }),
      'events.jsonl': `${JSON.stringify(start)}\n`,
    },
    'files of names as ours': { 'samples/001-breakdown-r1-none.json': '1', 'result.json': '{}' },
    'events that are not ours': { 'events.jsonl': 'theirs' },
    'the beginning of an event among others': { 'events.jsonl': '{"atUs":', 'notes.txt': '' },
    'a file that looks like a lock': { '.running-1': 'theirs', 'notes.txt': '' },
  };

  test.each(Object.entries(theirs))('is refused, and nothing in it is touched: %s', async (_, files) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const refused = { code: 'E_RUN_DIRECTORY', failure: 'usage' };
    await expect(RunDirectory.create(folder, { force: true })).rejects.toMatchObject(refused);
    await expect(RunDirectory.open(folder)).rejects.toMatchObject(refused);
    expect(await contents()).toEqual(files);
  });

  test('is not reached through a link in place of samples/', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    const out = join(folder, 'out');
    await finishedRun({ path: out });
    await rm(join(out, 'samples'), { recursive: true });
    await writeFile(join(elsewhere, '001-breakdown-r1-none.json'), 'theirs');
    await symlink(elsewhere, join(out, 'samples'));
    await expect(RunDirectory.create(out, { force: true })).rejects.toThrow('expected an empty directory');
    expect(await contents(elsewhere)).toEqual({ '001-breakdown-r1-none.json': 'theirs' });
  });

  test.each(['samples/void', 'events.jsonl', 'plan.json', 'samples/001-breakdown-r1-none.json'])(
    'is not reached through a link in place of %s',
    async (name) => {
      const out = join(folder, 'out');
      await finishedRun({ path: out });
      const elsewhere = join(folder, 'elsewhere');
      await rename(join(out, name), elsewhere);
      await symlink(elsewhere, join(out, name));
      const before = await contents();
      await expect(RunDirectory.create(out, { force: true })).rejects.toThrow('expected an empty directory');
      expect(await contents()).toEqual(before);
    },
  );

  test.each(['events.jsonl', 'plan.json', 'samples/001-breakdown-r1-none.json'])(
    'is not waited for when %s is a pipe that nobody writes to',
    async (name) => {
      await finishedRun();
      await rm(join(folder, name));
      execFileSync('mkfifo', [join(folder, name)]);
      await expect(RunDirectory.create(folder)).rejects.toThrow('expected an empty directory');
      await expect(RunDirectory.open(folder)).rejects.toThrow('expected the directory of a run');
    },
  );

  test.each([
    ['leads out of the directory', { trials: [{ ...trial, strategy: '/../../../theirs' }] }],
    ['has no trials', { trials: undefined }],
  ])('is not removed because a plan %s', async (_, changed) => {
    const theirPlan = { ...plan, ...changed } as Plan;
    const out = join(folder, 'out');
    await mkdir(out);
    await writeFile(join(folder, 'theirs.json'), 'theirs');
    await writeFile(join(out, 'plan.json'), JSON.stringify(theirPlan));
    const theirStart = { ...start, planHash: planHash(theirPlan) };
    await writeFile(join(out, 'events.jsonl'), `${JSON.stringify(theirStart)}\n`);
    const before = await contents();
    await expect(RunDirectory.create(out, { force: true })).rejects.toThrow('expected an empty directory');
    await expect(RunDirectory.open(out)).rejects.toThrow('expected the directory of a run');
    expect(await contents()).toEqual(before);
  });
});

describe('an earlier run', () => {
  test('is kept, and named, unless it is to be replaced', async () => {
    await finishedRun();
    const before = await contents();
    await expect(RunDirectory.create(folder)).rejects.toThrow(
      `--out ${folder}: holds the result of the run 20260101t000000-0123abcd; expected another directory, or --force to replace it`,
    );
    expect(await contents()).toEqual(before);
    await rm(join(folder, 'result.json'));
    await expect(RunDirectory.create(folder)).rejects.toThrow('holds trials of the run');
  });

  test('stays whole until it is replaced, and then goes alone', async () => {
    await finishedRun();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await writeFile(join(folder, 'samples/001-breakdown-r1-none-copy.json'), 'mine');
    const before = await contents();
    const next: RunEvent = { ...start, runId: '20260101t000001-0123abcd' } as RunEvent;
    using directory = await RunDirectory.create(folder, { force: true });
    await directory.appendEvent(next);
    await directory.writePlan(plan);
    expect(directory.keepsEarlier).toBe(true);
    expect(await contents()).toEqual(before);

    await directory.replaceEarlier();
    expect(directory.keepsEarlier).toBe(false);
    await directory.appendEvent({ atUs: 1, type: 'stack-stopped' });
    expect(await contents()).toEqual({
      'notes.txt': 'mine',
      'samples/001-breakdown-r1-none-copy.json': 'mine',
      'plan.json': `${JSON.stringify(plan, null, 2)}\n`,
      'events.jsonl': `${JSON.stringify(next)}\n{"atUs":1,"type":"stack-stopped"}\n`,
    });
  });

  test('that measured nothing is replaced without being asked', async () => {
    const first = await RunDirectory.create(folder);
    await first.appendEvent(start);
    first[Symbol.dispose]();
    using second = await RunDirectory.create(folder);
    await second.appendEvent(start);
    await second.writePlan(plan);
    await second.replaceEarlier();
    expect((await readdir(folder)).sort()).toEqual(['.running-1', 'events.jsonl', 'plan.json', 'samples']);
  });
});

test.each(['', '{"a', '{"atUs":0,"type":"run-sta'])(
  'a run that was killed in its first line, at "%s", leaves the directory to the next',
  async (torn) => {
    await writeFile(join(folder, 'events.jsonl'), torn);
    using directory = await RunDirectory.create(folder);
    await directory.appendEvent(start);
    expect(await directory.readEvents()).toEqual([start]);
  },
);

test('events that come while an earlier run is removed are all written, in their order', async () => {
  await finishedRun();
  using directory = await RunDirectory.create(folder, { force: true });
  const { emit, all, flush } = eventLog({ clock: systemClock, directory, onEvent: () => {} });
  emit(start);
  let replaced = false;
  const replacing = directory.replaceEarlier().then(() => {
    replaced = true;
  });
  while (!replaced) {
    emit({ type: 'stale-run-swept', runId: String(all.length) });
    await immediate();
  }
  await replacing;
  await flush();
  expect(await directory.readEvents()).toEqual(all);
});

describe('one directory', () => {
  test('takes one run at a time, whether it is new or not', async () => {
    const out = join(folder, 'out');
    const tries = await Promise.allSettled([1, 2, 3].map(() => RunDirectory.create(out)));
    const taken = tries.filter(({ status }) => status === 'fulfilled');
    expect(taken).toHaveLength(1);
    expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'E_RUN_DIRECTORY', message: expect.stringContaining(`process ${process.pid} on`) },
    });
    for (const each of tries) if (each.status === 'fulfilled') each.value[Symbol.dispose]();
    (await RunDirectory.create(out))[Symbol.dispose]();
    expect(await readdir(out)).toEqual([]);
  });

  test('is taken over from a run that was killed', async () => {
    const out = join(folder, 'out');
    await mkdir(out);
    await symlink(`${process.pid}:1:${hostname()}`, join(out, '.running-3'));
    using _ = await RunDirectory.create(out);
    expect(await readdir(out)).toEqual(['.running-4']);
  });

  test('is not taken over from another machine, which can’t be asked', async () => {
    await symlink('1:1:elsewhere', join(folder, '.running-1'));
    await expect(RunDirectory.create(folder)).rejects.toThrow(
      `process 1 on elsewhere); expected another directory, or that it ends first. If it is over, remove ${join(folder, '.running-1')}`,
    );
  });
});

describe('a path', () => {
  test('is made with its parents', async () => {
    using directory = await RunDirectory.create(join(folder, 'a/b/'));
    await directory.writePlan(plan);
    expect((await readdir(join(folder, 'a/b'))).sort()).toEqual(['.running-1', 'plan.json', 'samples']);
  });

  test('that leads nowhere is refused at once', async () => {
    await expect(RunDirectory.create('/proc/nope/deeper')).rejects.toMatchObject({ code: 'E_RUN_DIRECTORY' });
    await writeFile(join(folder, 'file'), '');
    await expect(RunDirectory.create(join(folder, 'file'))).rejects.toThrow('there is a file of this name');
    await expect(RunDirectory.create(join(folder, 'file/deeper'))).rejects.toMatchObject({
      code: 'E_RUN_DIRECTORY',
    });
  });

  test('of a new directory gets a number where its name is taken', async () => {
    using first = await RunDirectory.createNew(join(folder, 'runs/now'));
    using second = await RunDirectory.createNew(join(folder, 'runs/now'));
    expect([first.path, second.path]).toEqual([join(folder, 'runs/now'), join(folder, 'runs/now-2')]);
  });
});

describe('what is read again', () => {
  const refused = (message: RegExp) => ({
    ...{ code: 'E_RUN_DIRECTORY', message: expect.stringMatching(message) },
  });

  test('is a plan of this version', async () => {
    const earlier = { ...plan, planVersion: PLAN_VERSION - 1 } as unknown as Plan;
    await writeFile(join(folder, 'plan.json'), JSON.stringify(earlier));
    await writeFile(
      join(folder, 'events.jsonl'),
      `${JSON.stringify({ ...start, planHash: planHash(earlier) })}\n`,
    );
    await expect(RunDirectory.open(folder)).rejects.toMatchObject(
      refused(/expected a plan of version \d+, found \d+; judge it again with the cachestorm that made it/),
    );
    // Ours all the same.
    using _ = await RunDirectory.create(folder);
  });

  test('is whole events, and whole samples', async () => {
    await finishedRun();
    await writeFile(join(folder, 'events.jsonl'), `${JSON.stringify(start)}\n{"atUs":1,\n{"atUs":2}\n`);
    await writeFile(join(folder, 'samples/001-breakdown-r1-none.json'), 'null');
    using directory = (await RunDirectory.open(folder)).directory;
    await expect(directory.readEvents()).rejects.toMatchObject(refused(/events\.jsonl: line 2 is damaged/));
    await expect(directory.readSamples(plan)).rejects.toMatchObject(
      refused(/expected sample version 1, found none/),
    );
  });
});

describe('a disk that takes no more', () => {
  test('is one sentence, leaves what was there, and names what can be done', async () => {
    using directory = await RunDirectory.create(folder);
    await directory.appendEvent(start);
    await directory.writePlan(plan);
    await directory.writeSample(sample);
    // A folder of this name is in the way, as root too.
    await mkdir(join(folder, 'result.json'));
    const lost = await directory.writeOutcome('result.json', 'x').catch((error: unknown) => error);
    expect(lost).toMatchObject({ code: 'E_STORAGE', failure: 'infrastructure' });
    if (!(lost instanceof StorageError)) throw lost;
    expect((await directory.advised(lost)).message).toMatch(
      /result.json: can't be written: .*; the trials before can be judged again: cachestorm report \S+$/,
    );
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await rm(folder, { recursive: true });
    expect((await directory.advised(lost)).message).not.toContain('cachestorm report');
    await expect(directory.appendEvent(start)).rejects.toThrow(
      `${join(folder, 'events.jsonl')}: can't be written: there is no such directory (ENOENT)`,
    );
  });
});

test('what is written is read again, and nothing else', async () => {
  await finishedRun();
  await writeFile(join(folder, 'samples/notes.json'), 'mine');
  await writeFile(join(folder, 'events.jsonl'), `${JSON.stringify(start)}\n{"atUs":1,"ty`);
  const opened = await RunDirectory.open(folder);
  using directory = opened.directory;
  expect(opened.plan).toEqual(plan);
  expect(await directory.readSamples(plan)).toEqual([sample]);
  expect(await directory.readEvents()).toEqual([start]);
});

test.each([
  ['{"sampleVersion": 99}', 'expected sample version 1, found 99'],
  ['{"sampleVer', "can't be read: it is damaged"],
  [JSON.stringify({ ...sample, trial: { ...trial, seed: 2 } }), 'expected a trial of plan.json'],
])('a sample that is not of this run is refused: %s', async (text, why) => {
  await finishedRun();
  await writeFile(join(folder, 'samples/001-breakdown-r1-none.json'), text);
  const { directory } = await RunDirectory.open(folder);
  using _ = directory;
  await expect(directory.readSamples(plan)).rejects.toThrow(why);
});
