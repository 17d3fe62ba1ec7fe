/** A disk that fails a run: one sentence, whole files or none, and the table of what was measured. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultSchema } from '../result/schema.ts';
import { EXIT_OF, finish, QUICK, sawEvents, start as startIn } from './testing.ts';

const execute = promisify(execFile);

const OUTCOME = ['report.html', 'result.json', 'summary.md'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (...args: string[]) => startIn(args, { cwd: folder });
const cachestorm = (...args: string[]) => finish(start(...args));

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
    await sawEvents(join(folder, out), 'trial-finished', 'storm-started');
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
    expect(await readdir(join(folder, out))).toEqual(expect.arrayContaining(OUTCOME));
    const { verdict } = resultSchema.parse(
      JSON.parse(await readFile(join(folder, out, 'result.json'), 'utf8')),
    );
    // What the finished trial proves stays proven, whatever else is not known.
    expect(verdict).not.toBe('pass');
    expect(again.code).toBe(EXIT_OF[verdict]);
  });

  test('a directory that vanishes too, and what was measured is shown', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--strategy', 'none,mutex', '--out', 'gone');
    const finished = finish(child);
    await sawEvents(join(folder, 'gone'), 'trial-finished', 'storm-started');
    await rm(join(folder, 'gone'), { recursive: true });
    const { code, stdout, stderr } = await finished;
    expect(stderr).toMatch(
      /error: .*: can't be written: there is no such directory \(ENOENT\) \[E_STORAGE\]\n$/,
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ +strategy /m);
  });
});
