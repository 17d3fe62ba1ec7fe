/** What a run leaves: kept, judged again, and never mixed with another. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finish, start as startIn } from './testing.ts';

const execute = promisify(execFile);

/** One round, and a storm that sees two expiries or more. */
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1200', '--set', 'cache.ttlMs=400'];
const OUTCOME = ['report.html', 'result.json', 'summary.md'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (...args: string[]) => startIn(args, { cwd: folder });
const cachestorm = (...args: string[]) => finish(start(...args));

async function outcome(out: string): Promise<Record<string, string>> {
  const read = async (name: string) => [name, await readFile(join(folder, out, name), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(OUTCOME.map(read)));
}

/** Waits for lines of `events.jsonl` of these types, in this order; others may come between. */
async function sawEvents(out: string, ...types: readonly string[]): Promise<void> {
  const order = new RegExp(types.map((type) => `"type":"${type}"`).join('[^]*'));
  const events = () => readFile(join(folder, out, 'events.jsonl'), 'utf8').catch(() => '');
  await expect.poll(events, { timeout: 60_000, interval: 20 }).toMatch(order);
}

describe('an interrupted run', { timeout: 180_000 }, () => {
  test('is kept, is judged again to the letter, and has its directory to itself', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', 'interrupted');
    const finished = finish(child);
    await sawEvents('interrupted', 'trial-finished', 'storm-started');
    const second = await cachestorm('run', 'breakdown', '--out', 'interrupted', '--force');
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('another command works in it') });
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    const whole = await outcome('interrupted');

    for (const name of OUTCOME) await rm(join(folder, 'interrupted', name));
    const { code, stdout, stderr } = await cachestorm('report', 'interrupted');
    expect([code, stderr]).toEqual([4, '']);
    expect(stdout).toContain('Report: interrupted/report.html');
    expect(await outcome('interrupted')).toEqual(whole);
    const again = await cachestorm('report', 'interrupted', '--json');
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(whole['result.json'] ?? ''));

    const refused = await cachestorm('run', 'breakdown', ...QUICK, '--out', 'interrupted');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    const env = { CACHESTORM_REDIS_SERVER: '/nowhere/redis-server' };
    const args = ['run', 'breakdown', ...QUICK, '--infra', 'local', '--out', 'interrupted', '--force'];
    const failed = await finish(startIn(args, { cwd: folder, env }));
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('CACHESTORM_REDIS_SERVER') });
    expect(await outcome('interrupted')).toEqual(whole);
    expect(await readdir(join(folder, 'interrupted'))).not.toContain('.running-1');
  });
});

/** Lets no file of a process grow over so many bytes from now on, as a full disk would not: as any user, on any disk. */
async function limitFiles(pid: number | undefined, bytes: number): Promise<void> {
  await execute('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]);
}

describe('a disk that gets full', { timeout: 180_000 }, () => {
  test.each([
    // The next event can't be written whole.
    ['in the middle of a line', (written: number) => written + 20],
    // The histories can't, which the generator writes.
    ['for what is large', () => 20_000],
  ])('%s is one sentence, and the table is there', async (when, bytesAfter) => {
    const out = `full ${when}`;
    const child = start(
      ...[
        'run',
        'write-crash:unflushed',
        '--strategy',
        'versioned,cache-aside',
        '--rounds',
        '1',
        '--out',
        out,
      ],
      ...['--set', 'profiles.smoke.stormMs=1200'],
    );
    const finished = finish(child);
    await sawEvents(out, 'trial-finished', 'storm-started');
    const events = join(folder, out, 'events.jsonl');
    await limitFiles(child.pid, bytesAfter((await stat(events)).size));
    const { code, stdout, stderr } = await finished;
    expect(stderr, when).toMatch(
      /error: .*: can't be written: a file may not be this large here \(ulimit -f\) \(EFBIG\).*cachestorm report .*\[E_STORAGE\]\n$/,
    );
    expect(stderr).not.toMatch(/\n +at /);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ +strategy /m);
    const left = await readdir(join(folder, out), { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await readFile(events, 'utf8')).toMatch(/\}\n$/);
    for (const name of left.filter((each) => each.endsWith('.json'))) {
      JSON.parse(await readFile(join(folder, out, name), 'utf8'));
    }

    const again = await cachestorm('report', out);
    expect(again.stderr).toBe('');
    expect(again.code).toBe(4);
    expect(Object.keys(await outcome(out))).toEqual(OUTCOME);
  });

  test('a directory that vanishes too, and what was measured is shown', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--strategy', 'none,mutex', '--out', 'gone');
    const finished = finish(child);
    await sawEvents('gone', 'trial-finished', 'storm-started');
    await rm(join(folder, 'gone'), { recursive: true });
    const { code, stdout, stderr } = await finished;
    expect(stderr).toMatch(
      /error: .*: can't be written: there is no such directory \(ENOENT\) \[E_STORAGE\]\n$/,
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ +strategy /m);
  });
});

describe('report', () => {
  test.each(['nowhere', '.', 'file', ''])('of what is no run is wrong usage: %j', async (path) => {
    await writeFile(join(folder, 'file'), '');
    expect(await cachestorm('report', path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the directory of a run'),
    });
  });
});
