/** What blocks or stops: strategies, the run's processes, its servers, and an interrupt then. `node ci/proofs/attacks/hangs.ts [word]`. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attack } from '../attack.ts';
import type { Proof, RunEnd } from '../proof.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../harness/cli/fixtures/${name}.ts`, import.meta.url));
const MAIN = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));

const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1200'];
/** Storm, answers on their way, 15 s of silence and the end, on a busy machine; a start may take 90 s. */
const ENDS_WITHIN_MS = 60_000;
const STARTS_WITHIN_MS = 150_000;
const INTERRUPTED_WITHIN_MS = 5_000;

async function inTime<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal }).then(() => {
    throw new assert.AssertionError({ message: `${what} did not end within ${ms / 1000} s` });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

function assertLost({ code, stderr }: RunEnd, ...words: readonly (string | RegExp)[]): void {
  assert.equal(code, 3, stderr);
  for (const word of words) assert.match(stderr, new RegExp(word), stderr);
}

/** A run of a strategy that blocks. */
function blocks(scenario: string, place: string, withinMs = ENDS_WITHIN_MS, ...rest: readonly string[]) {
  const writes = place === 'put';
  return async ({ folder, run }: Proof) => {
    const strategy = fixture(writes ? 'blocking-writer' : 'blocking');
    const args = ['run', scenario, '--variants', 'none', '--strategy', strategy, ...QUICK, ...rest];
    const running = run([...args, '--out', join(folder, 'out')], {
      env: { CACHESTORM_TEST_BLOCKS_IN: place },
    });
    assertLost(
      await inTime(running, withinMs, 'the run'),
      'E_SERVICE_LOST',
      writes ? 'blocking-writer' : 'blocking',
      `blocks in ${place}`,
    );
  };
}

interface Storm {
  readonly out: string;
  readonly child: ChildProcess;
  /** The first of the run's processes with such a command line. */
  find(program: RegExp): Promise<number>;
}

/** Runs a scenario until it comes to an event, and hands it over. */
async function whenItComesTo(
  event: string,
  args: readonly string[],
  { folder, start, signal }: Proof,
): Promise<Storm> {
  const out = join(folder, 'out');
  const child = start(['run', ...args, ...QUICK, '--out', out]);
  const events = () => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  while (!(await events()).includes(`"type":"${event}"`)) {
    assert.equal(child.exitCode, null, `the run ended before ${event}`);
    await delay(20, undefined, { signal });
  }
  const { runId } = JSON.parse((await events()).split('\n')[0] ?? '') as { runId: string };
  return { out, child, find: (program) => processOf(runId, program) };
}

async function processOf(runId: string, program: RegExp): Promise<number> {
  for (let look = 0; look < 500; look++) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
      if (!(await read('environ')).includes(`CACHESTORM_RUN=${runId}`)) continue;
      if (program.test(await read('cmdline'))) return Number(pid);
    }
    await delay(20);
  }
  throw new assert.AssertionError({ message: `run ${runId} has no process like ${program}` });
}

async function endOf({ child }: Storm, ms: number): Promise<number | null> {
  if (child.exitCode === null) await inTime(once(child, 'exit'), ms, 'the run');
  return child.exitCode;
}

/** Stops a process of a run during its storm. */
function stops(program: RegExp, code: string, scenario: readonly string[], withinMs = ENDS_WITHIN_MS) {
  return async (proof: Proof) => {
    const storm = await whenItComesTo('storm-started', scenario, proof);
    process.kill(await storm.find(program), 'SIGSTOP');
    assert.equal(await endOf(storm, withinMs), 3);
    const failed = (await readFile(join(storm.out, 'events.jsonl'), 'utf8'))
      .split('\n')
      .find((line) => line.includes('"type":"failed"'));
    assert.match(failed ?? 'no event says what failed', new RegExp(code));
  };
}

/** Stops a process of a run, and interrupts the run. */
function interrupted(program: RegExp, event: string, scenario: readonly string[]) {
  return async (proof: Proof) => {
    const storm = await whenItComesTo(event, scenario, proof);
    process.kill(await storm.find(program), 'SIGSTOP');
    storm.child.kill('SIGINT');
    assert.equal(await endOf(storm, INTERRUPTED_WITHIN_MS), 130);
  };
}

const SERVICE = /harness\/service\/main\.ts/;
const RELAY = /harness\/relay\/main\.ts/;
const DATABASE = /mysqld|mariadbd/;
/** Which of two questions meets its silence first is a matter of the moment: for its counters, or whether it is there. */
const SILENT_SERVER = 'E_(PROBE|BACKEND_LOST)';
const BREAKDOWN = ['breakdown', '--variants', 'none', '--strategy', 'none'];
const RELAYED = ['write-consistency', '--variants', 'none', '--strategy', 'binlog'];
const QUEUED = ['write-consistency', '--variants', 'none', '--strategy', 'message-queue'];

await attack('hangs', {
  'a strategy that blocks in get': blocks('breakdown', 'get'),
  'a strategy that blocks in put': blocks('write-consistency', 'put'),
  'a strategy that blocks in preload': blocks('avalanche:expiry', 'preload'),
  'a strategy that blocks in create': blocks('breakdown', 'create', STARTS_WITHIN_MS),
  'a strategy that blocks in start': blocks('breakdown', 'start', STARTS_WITHIN_MS),
  'a strategy whose file blocks in the service': blocks('breakdown', 'file', STARTS_WITHIN_MS),
  'a stopped service': stops(SERVICE, 'E_SERVICE_LOST', BREAKDOWN),
  'a stopped relay': stops(RELAY, 'E_RELAY_LOST', RELAYED),
  'a stopped generator': stops(/generator-main\.ts/, 'E_GENERATOR_LOST', BREAKDOWN),
  'a stopped Redis': stops(/redis-server/, SILENT_SERVER, BREAKDOWN),
  'a stopped database': stops(DATABASE, SILENT_SERVER, BREAKDOWN, 120_000),
  'an interrupt of a run with a stopped service': interrupted(SERVICE, 'storm-started', BREAKDOWN),
  'an interrupt of a run with a stopped relay': interrupted(RELAY, 'storm-started', RELAYED),
  'an interrupt of a run with a stopped database': interrupted(DATABASE, 'storm-started', BREAKDOWN),
  'an interrupt of a start with a stopped database': interrupted(DATABASE, 'stack-starting', BREAKDOWN),
  'an interrupt of a start with a stopped broker': interrupted(/beam\.smp/, 'stack-starting', QUEUED),
  'a truth server that is stopped as it starts': async ({ folder, signal }: Proof) => {
    const child = spawn(process.execPath, [MAIN, 'selfcheck', '--check', 'constant-delay'], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    });
    try {
      const first = await truthServerOf(child.pid ?? 0, signal);
      // That one warms the generator up, and is asked nothing.
      process.kill(await truthServerOf(child.pid ?? 0, signal, first), 'SIGSTOP');
      await inTime(once(child, 'exit'), STARTS_WITHIN_MS, 'the self-check');
      assert.equal(child.exitCode, 3);
    } finally {
      child.kill('SIGTERM');
    }
  },
});

async function truthServerOf(parent: number, signal: AbortSignal, before?: number): Promise<number> {
  for (let look = 0; look < 1_000; look++) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
      if (Number(pid) === before || !(await read('cmdline')).includes('truth-process-main')) continue;
      if (new RegExp(`^PPid:\\s*${parent}$`, 'm').test(await read('status'))) return Number(pid);
    }
    await delay(20, undefined, { signal });
  }
  throw new assert.AssertionError({ message: 'the self-check started no server' });
}
