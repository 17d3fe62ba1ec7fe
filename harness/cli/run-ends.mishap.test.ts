/** A run that ends before its end keeps what was measured, says what happened, and leaves nothing behind. */
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Result, resultSchema } from '../result/schema.ts';
import { EXIT_OF, finish, markedProcesses, QUICK, remains, sawEvents, start as startIn } from './testing.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (...args: string[]) => startIn(args, { cwd: folder });
const cachestorm = (...args: string[]) => finish(start(...args));

async function readResult(): Promise<Result> {
  return resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
}

/** Process id of a run's server, by its program. */
async function serverOf(runId: string, program: string): Promise<number> {
  for (const pid of await remains(runId)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (command.includes(program)) return Number(pid);
  }
  throw new Error(`run ${runId} has no ${program}`);
}

async function runIdOf(): Promise<string> {
  const first = (await readFile(join(out, 'events.jsonl'), 'utf8')).split('\n')[0] ?? '';
  return (JSON.parse(first) as { runId: string }).runId;
}

describe('an end before the end', { timeout: 180_000 }, () => {
  test('an interrupt undoes everything and keeps what was measured', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', out);
    const finished = finish(child);
    await sawEvents(out, 'trial-finished', 'storm-started');
    child.kill('SIGINT');
    const { code } = await finished;
    expect(code).toBe(130);
    const result = await readResult();
    expect(result.interrupted).toBe(true);
    // What the finished trial proves stays proven.
    expect(result.verdict).not.toBe('pass');
    expect(result.scenarios[0]?.strategies).toHaveLength(1);
    expect(await remains(result.runId)).toEqual([]);
  });

  test('an interrupt does not wait for a service that was stopped', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', out);
    const finished = finish(child);
    await sawEvents(out, 'storm-started');
    const runId = await runIdOf();
    process.kill(await serverOf(runId, 'service/main.ts'), 'SIGSTOP');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    expect(await remains(runId)).toEqual([]);
  });

  test('a lost guardian, swept remains, and those that can’t be swept are told', async () => {
    const temporary = join(folder, 'tmp');
    const dead = { pid: process.pid, startTime: '1' };
    for (const runId of ['swept', 'stuck']) {
      await mkdir(join(temporary, `cachestorm-${runId}`, 'engine', 'creating'), { recursive: true });
      const record = JSON.stringify({ runId, guardian: dead, harness: dead });
      await writeFile(join(temporary, `cachestorm-${runId}`, 'guardian.json'), record);
    }
    // Its containers can't be removed: no engine is there.
    await writeFile(join(temporary, 'cachestorm-stuck', 'engine', 'socket'), '/nowhere/engine.sock');
    const args = ['run', 'breakdown', '--strategy', 'mutex', ...QUICK, '--out', out];
    const child = startIn(args, { cwd: folder, env: { TMPDIR: temporary } });
    const finished = finish(child);
    await sawEvents(out, 'stack-started');
    const runId = await runIdOf();
    const record = await readFile(join(temporary, `cachestorm-${runId}`, 'guardian.json'), 'utf8');
    process.kill((JSON.parse(record) as { guardian: { pid: number } }).guardian.pid, 'SIGKILL');
    await sawEvents(out, 'guardian-lost');
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).toContain('ended and removed what run swept had left behind');
    expect(stderr).toContain('the guardian has ended before its time');
    expect(stderr).toMatch(/could not clean up stale runs: .*\/nowhere\/engine\.sock/);
    const events = (await readFile(join(out, 'events.jsonl'), 'utf8')).split('\n');
    const told = events.filter((line) => /stale-run-swept|clean-up-failed|guardian-lost/.test(line));
    expect(told.map((line) => (JSON.parse(line) as { type: string }).type).sort()).toEqual([
      'clean-up-failed',
      'guardian-lost',
      'stale-run-swept',
    ]);
    // Without a guardian all was undone all the same.
    expect(await readdir(temporary)).toEqual(['cachestorm-stuck']);
    expect(await markedProcesses(`CACHESTORM_RUN=${runId}`)).toEqual([]);
  });

  test('a kill -9 leaves no process and no directory after 5 s, and the next run works', async () => {
    for (const event of ['stack-starting', 'storm-started']) {
      const child = start('run', 'breakdown', ...QUICK, '--out', out);
      const finished = finish(child);
      await sawEvents(out, event);
      child.kill('SIGKILL');
      await finished;
      const runId = await runIdOf();
      await expect.poll(() => remains(runId), { timeout: 5_000 }).toEqual([]);
      // A killed run leaves whole files or none.
      JSON.parse(await readFile(join(out, 'plan.json'), 'utf8'));
      await expect(access(join(out, 'result.json'))).rejects.toThrow('ENOENT');
    }
    const { code } = await cachestorm('run', 'breakdown', '--strategy', 'mutex', ...QUICK, '--out', out);
    expect(code).toBe(EXIT_OF[(await readResult()).verdict]);
  });

  test('a server that dies under the storm is exit code 3, and leaves nothing', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', out);
    const finished = finish(child);
    await sawEvents(out, 'trial-finished', 'storm-started');
    const runId = await runIdOf();
    process.kill(await serverOf(runId, 'redis-server'), 'SIGKILL');
    const { code, stderr } = await finished;
    expect(stderr).toMatch(/redis was lost during the run|valkey was lost during the run/);
    expect(code).toBe(3);
    const { verdict, interrupted } = await readResult();
    expect(interrupted).toBe(true);
    // What the finished trials prove stays proven.
    expect(verdict).not.toBe('pass');
    expect(await remains(runId)).toEqual([]);
  });

  test('a broker that dies in the last trial is exit code 3 and named, and its rows are no finding', async () => {
    const child = start(
      ...['run', 'write-consistency', '--variants', 'none', '--strategy', 'message-queue', '--rounds', '1'],
      ...['--set', 'profiles.smoke.stormMs=3000', '--out', out],
    );
    const finished = finish(child);
    await sawEvents(out, 'storm-started');
    const runId = await runIdOf();
    process.kill(await serverOf(runId, 'beam.smp'), 'SIGKILL');
    const { code, stdout, stderr } = await finished;
    expect(stderr).toContain('rabbitmq was lost during the run');
    expect(stdout).not.toContain('wrong');
    expect(code).toBe(3);
    expect(await remains(runId)).toEqual([]);
  });

  test('a server that can’t be found is exit code 3, with what to do', async () => {
    const env = { CACHESTORM_REDIS_SERVER: '/nowhere/redis-server' };
    const { code, stderr } = await finish(startIn(['run', '--out', out], { cwd: folder, env }));
    expect(code).toBe(3);
    expect(stderr).toContain('CACHESTORM_REDIS_SERVER');
  });
});
