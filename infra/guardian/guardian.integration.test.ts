import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { processState } from '../contract/kernel.ts';
import { type Guardian, startGuardian } from './guardian.ts';
import { RUN_VARIABLE } from './marker.ts';
import { markedProcesses, startTimeOf } from './processes.ts';
import { type RootRecord, readRootRecord } from './root.ts';
import { sweepStale } from './sweep-stale.ts';

const HARNESS = fileURLToPath(new URL('./fixtures/harness.ts', import.meta.url));
const SLOW_MS = 60_000;
const CLEAN_WITHIN_MS = 5_000;

let runs = 0;
function newRunId(): string {
  return `test-guardian-${process.pid}-${runs++}`;
}
const rootOf = (runId: string) => join(tmpdir(), `cachestorm-${runId}`);

interface HarnessUnderTest {
  readonly child: ChildProcess;
  /** Resolves when it has said `line`; rejects when it ends before. */
  said(line: string): Promise<void>;
}

const harnesses: ChildProcess[] = [];
afterEach(() => {
  for (const child of harnesses.splice(0)) child.kill('SIGKILL');
});

function startHarness(runId: string, kinds: string, then = 'wait'): HarnessUnderTest {
  const child = spawn(process.execPath, [HARNESS, runId, kinds, then], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  harnesses.push(child);
  const lines = new Set<string>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.add(line));
  return {
    child,
    said: async (line) => {
      await eventually(
        () => {
          if (!lines.has(line) && child.exitCode !== null) throw new Error(`ended before it said ${line}`);
          return lines.has(line);
        },
        `the harness saying ${line}`,
        30_000,
      );
    },
  };
}

async function expectNothingLeft(runId: string): Promise<void> {
  await eventually(
    () => markedProcesses(runId).length === 0 && !existsSync(rootOf(runId)),
    `run ${runId} cleaned up; alive: ${markedProcesses(runId)}`,
    CLEAN_WITHIN_MS,
  );
}

describe('a harness ended by kill -9', { timeout: SLOW_MS }, () => {
  const moments = [
    { moment: 'as soon as it has a process', kinds: 'redis,database', until: 'process' },
    { moment: 'as soon as the guardian is there', kinds: 'redis,database', until: 'guardian-started' },
    { moment: 'when backends are starting', kinds: 'redis,database', until: 'backend-starting' },
    { moment: 'when the first backend is up', kinds: 'redis,database', until: 'backend-started' },
    { moment: 'when all is up', kinds: 'redis,database', until: 'up' },
    { moment: 'when a broker is starting', kinds: 'rabbitmq', until: 'backend-starting' },
    { moment: 'when a broker is up', kinds: 'rabbitmq', until: 'up' },
  ] as const;
  it.each(moments)('leaves nothing: $moment', async ({ kinds, until }) => {
    const runId = newRunId();
    const harness = startHarness(runId, kinds);
    if (until === 'process') {
      // Its guardian, and later its servers, come up on their own from here.
      await eventually(() => existsSync(rootOf(runId)), 'the root');
    } else {
      await harness.said(until);
    }
    // The servers, and the children of the service's shell, which come up after it.
    if (until === 'up')
      await eventually(() => markedProcesses(runId).length >= 4, 'all processes of the run');
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });

  it('leaves nothing when a server is paused', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, 'redis');
    await harness.said('up');
    for (const pid of markedProcesses(runId)) process.kill(pid, 'SIGSTOP');
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });

  it('is cleaned up after even when the guardian has been told to end', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, 'redis');
    await harness.said('up');
    const guardian = (readRootRecord(rootOf(runId)) as RootRecord).guardian.pid;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardian, signal);
    // Not to wait for something, but to give a guardian that does not stand them the time to die.
    await delay(100);
    expect(['S', 'R']).toContain(processState(guardian));
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });
});

describe('a harness that disposes its stack', { timeout: SLOW_MS }, () => {
  it('ends by itself, with nothing left', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, 'redis,database', 'dispose');
    await harness.said('disposed');
    expect([markedProcesses(runId), existsSync(rootOf(runId))]).toEqual([[], false]);
    await eventually(() => harness.child.exitCode === 0, 'the end of the harness');
  });
});

describe('a guardian', { timeout: SLOW_MS }, () => {
  const held: Guardian[] = [];
  afterEach(async () => {
    for (const guardian of held.splice(0)) await guardian[Symbol.asyncDispose]();
  });
  const start = async (runId: string, onLost = () => {}) => {
    const guardian = await startGuardian({ runId, root: rootOf(runId), onLost });
    held.push(guardian);
    return guardian;
  };
  const marked = (runId: string) =>
    spawn('sleep', ['1000'], { env: { PATH: process.env.PATH, [RUN_VARIABLE]: runId }, detached: true });

  it('leaves other runs alone', async () => {
    const [ours, other] = [newRunId(), newRunId()];
    const bystander = marked(`${ours}0`);
    await start(other);
    const guardian = await start(ours);
    const child = marked(ours);
    await guardian[Symbol.asyncDispose]();
    await guardian[Symbol.asyncDispose]();
    expect(processState(child.pid ?? 0) ?? 'Z').toBe('Z');
    expect(['S', 'R']).toContain(processState(bystander.pid ?? 0));
    expect([existsSync(rootOf(ours)), existsSync(rootOf(other))]).toEqual([false, true]);
    bystander.kill('SIGKILL');
  });

  it('does not kill a group that was told to it when nobody in it has the marker', async () => {
    const guardian = await start(newRunId());
    const stranger = spawn('sleep', ['1000'], { detached: true });
    guardian.watch(stranger.pid ?? 0);
    await guardian[Symbol.asyncDispose]();
    expect(['S', 'R']).toContain(processState(stranger.pid ?? 0));
    stranger.kill('SIGKILL');
  });

  it('is missed when it dies, and what it guarded is cleaned up all the same', async () => {
    const runId = newRunId();
    let lost = 0;
    const guardian = await start(runId, () => lost++);
    marked(runId);
    process.kill(guardian.pid, 'SIGKILL');
    await eventually(() => lost === 1, 'the loss of the guardian');
    await guardian[Symbol.asyncDispose]();
    expect([markedProcesses(runId), existsSync(rootOf(runId))]).toEqual([[], false]);
  });

  it('is ended when it was stopped, and what it guarded is cleaned up all the same', async () => {
    const runId = newRunId();
    const guardian = await startGuardian({ runId, root: rootOf(runId), endsWithinMs: 200 });
    marked(runId);
    process.kill(guardian.pid, 'SIGSTOP');
    await guardian[Symbol.asyncDispose]();
    expect([markedProcesses(runId), existsSync(rootOf(runId))]).toEqual([[], false]);
    expect(processState(guardian.pid)).toBeUndefined();
  });

  it('removes what it was entrusted with and is still there, even if something else can not be removed', async () => {
    const notes = await mkdtemp(join(tmpdir(), 'test-remains-'));
    const module = new URL('./fixtures/removal.ts', import.meta.url).href;
    const guardian = await start(newRunId());
    guardian.entrust({ module: 'file:///nowhere.ts', data: null });
    guardian.entrust({ module, data: join(notes, 'left') });
    guardian.entrust({ module, data: join(notes, 'removed') })();
    await guardian[Symbol.asyncDispose]();
    expect(await readdir(notes)).toEqual(['left']);
    await rm(notes, { recursive: true });
  });

  it('refuses a root that somebody has', async () => {
    const runId = newRunId();
    await start(runId);
    await expect(startGuardian({ runId, root: rootOf(runId) })).rejects.toMatchObject({ code: 'E_GUARDIAN' });
    expect(readRootRecord(rootOf(runId))).toMatchObject({ runId });
  });

  it('refuses a run id that is no name', async () => {
    const starting = startGuardian({ runId: '../x', root: rootOf('x') });
    await expect(starting).rejects.toMatchObject({ code: 'E_GUARDIAN' });
  });
});

describe('sweeping stale runs', { timeout: SLOW_MS }, () => {
  it('ends and removes a run whose harness and guardian are dead, and only that', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'test-sweep-'));
    const [stale, live, widowed] = [newRunId(), newRunId(), newRunId()];
    const me = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
    // The id of a living process, with the start time of another: an id used anew.
    const dead = { pid: process.pid, startTime: '1' };
    const runs = [
      { runId: stale, guardian: dead, harness: dead },
      { runId: live, guardian: me, harness: dead },
      { runId: widowed, guardian: dead, harness: me },
    ];
    const children = [];
    for (const run of runs) {
      const root = join(directory, `cachestorm-${run.runId}`);
      await mkdir(root);
      await writeFile(join(root, 'guardian.json'), JSON.stringify(run));
      children.push(spawn('sleep', ['1000'], { env: { PATH: process.env.PATH, [RUN_VARIABLE]: run.runId } }));
    }
    // Not runs of ours, whatever they are called.
    const strangers = [
      'cachestorm-no-record',
      'cachestorm-other-record',
      `cachestorm-x.draft-${process.pid}`,
    ];
    for (const name of strangers) await mkdir(join(directory, name));
    await writeFile(join(directory, 'cachestorm-other-record', 'guardian.json'), JSON.stringify(runs[0]));
    await symlink(join(directory, `cachestorm-${live}`), join(directory, 'cachestorm-link'));

    try {
      expect(await sweepStale(directory)).toEqual({ swept: [stale], failures: [] });
      expect(children.map(({ pid }) => ['S', 'R'].includes(processState(pid ?? 0) ?? ''))).toEqual([
        false,
        true,
        true,
      ]);
      expect(existsSync(join(directory, `cachestorm-${stale}`))).toBe(false);
      const kept = [`cachestorm-${live}`, `cachestorm-${widowed}`, 'cachestorm-link', ...strangers];
      expect(kept.filter((name) => !existsSync(join(directory, name)))).toEqual([]);
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('removes the draft of a guardian that died at once', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'test-sweep-'));
    await mkdir(join(directory, 'cachestorm-y.draft-999999999'));
    expect(await sweepStale(directory)).toEqual({ swept: ['y'], failures: [] });
    await rm(directory, { recursive: true });
  });
});
