/** Whole runs in which a service process is killed: what is counted, what comes back, and what is left. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localProvider } from '../../infra/provider.ts';
import { loadContest } from '../catalog/contest.ts';
import type { RunEvent } from '../events.ts';
import { RunDirectory } from '../record/run-directory.ts';
import { type RunOutcome, run } from '../run.ts';
import { systemClock } from '../time/clock.ts';

const LOCK_MS = 600;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Storm {
  readonly stormMs: number;
  readonly fault: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** One round of a hot key behind the mutex, with one kill. */
async function storm({ stormMs, fault, signal, onEvent = () => {} }: Storm) {
  const settings = Object.entries({
    'profiles.smoke.stormMs': stormMs,
    'cache.ttlMs': 400,
    'load.ratePerSec': 200,
    'parameters.mutex.lockMs': LOCK_MS,
    faults: [{ kind: 'kill', ...fault }],
  }).map(([path, value]) => ({ path: path.split('.'), value }));
  const created = await RunDirectory.create(join(folder, 'out'));
  const outcome = await run({
    contests: [await loadContest('breakdown', settings, ['mutex'])],
    directory: created,
    seed: 1,
    profile: 'smoke',
    provider: localProvider,
    rounds: 1,
    command: 'test',
    clock: systemClock,
    signal: signal ?? new AbortController().signal,
    onEvent,
  });
  created[Symbol.dispose]();
  const { directory, plan } = await RunDirectory.open(created.path);
  using _ = directory;
  return { ...outcome, samples: await directory.readSamples(plan) };
}

/** Ids of the run's processes whose command has `part` in it. */
async function processesOf(runId: string, part = ''): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    const [environment, command] = await Promise.all([read('environ'), read('cmdline')]);
    if (environment.includes(`CACHESTORM_RUN=${runId}`) && command.includes(part)) found.push(pid);
  }
  return found;
}

const codesOf = ({ result }: RunOutcome) => result.scenarios[0]?.warnings.map(({ code }) => code);

test('accounts for every request and every statement, and is up again after it', async () => {
  const outcome = await storm({
    // A process takes a second to start, and on a busy machine several.
    stormMs: 8_000,
    fault: { atMs: 300, barrier: 'beforeCacheSet', restartAfterMs: 0 },
  });
  const [sample] = outcome.samples;
  if (sample === undefined) throw outcome.error;
  const { counts, errors, windows, startedAtUs } = sample.load;
  const { completed, failed, timeout, lost, shed } = counts;
  expect(completed + failed + timeout + lost + shed).toBe(counts.offered);
  expect([counts.offered, lost]).toEqual([1_600, 0]);
  // On their way to it when it ended, and refused while nobody listened there.
  expect(Object.values(errors).reduce((sum, count) => sum + count, 0)).toBe(failed);
  expect(errors.ECONNREFUSED).toBeGreaterThan(0);
  expect(failed - (errors.ECONNREFUSED ?? 0)).toBeGreaterThan(0);

  const [kill] = sample.faults ?? [];
  if (kill?.kind !== 'kill') throw new Error('nobody was killed');
  expect(kill).toMatchObject({ name: 'kill', barrier: 'beforeCacheSet' });
  expect(kill.fromUs).toBeGreaterThanOrEqual(startedAtUs + 300_000);
  const after = windows.filter(({ tMs }) => startedAtUs + tMs * 1e3 > kill.toUs);
  expect(after.length).toBeGreaterThan(0);
  expect(after.map((window) => window.failed)).toEqual(after.map(() => 0));
  // The other instance served all the time.
  expect(windows.filter(({ good = 0 }) => good > 0)).toHaveLength(windows.length);

  const reads = sample.services.map((account) => account.after.dbReads - account.before.dbReads);
  expect(reads).toHaveLength(2);
  expect(sample.after.dbReads - sample.before.dbReads).toBe(reads.reduce((sum, count) => sum + count, 0));
  const codes = codesOf(outcome);
  expect(codes).not.toContain('truth-disagrees');
  expect(codes).not.toContain('fault-missing');

  const [mutex] = outcome.result.scenarios[0]?.strategies ?? [];
  expect(mutex?.timeline?.triggers?.map(({ name }) => name)).toEqual(['kill']);
  // It had loaded and not filled: whoever came next had to wait for its lock.
  expect(mutex?.metrics['cache.refillMs.max']?.median).toBeGreaterThan(LOCK_MS);
  expect(await processesOf(outcome.result.runId)).toEqual([]);
});

test('that did not come about makes the trial inconclusive', async () => {
  // Nobody writes.
  const outcome = await storm({ stormMs: 1_200, fault: { atMs: 100, barrier: 'afterDbCommit' } });
  expect(outcome.result.verdict).toBe('inconclusive');
  expect(codesOf(outcome)).toContain('fault-missing');
  expect(outcome.samples[0]?.load.counts.failed).toBe(0);
});

test('an interrupt before its successor is there waits for none, and leaves no process', async () => {
  const interrupt = new AbortController();
  const started = Promise.withResolvers<void>();
  let runId = '';
  const running = storm({
    stormMs: 60_000,
    fault: { atMs: 0, restartAfterMs: 60_000 },
    signal: interrupt.signal,
    onEvent: (event) => {
      if (event.type === 'run-started') runId = event.runId;
      if (event.type === 'storm-started') started.resolve();
    },
  });
  await started.promise;
  await expect.poll(() => processesOf(runId, 'service/main.ts'), { timeout: 20_000 }).toHaveLength(1);
  interrupt.abort(new Error('interrupted by the test'));
  const { result } = await running;
  expect(result).toMatchObject({ interrupted: true, verdict: 'inconclusive' });
  expect(await processesOf(runId)).toEqual([]);
});
