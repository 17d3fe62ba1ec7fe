/** What a run leaves: kept, judged again, and never mixed with another. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultSchema } from '../result/schema.ts';
import { EXIT_OF, finish, QUICK, sawEvents, start as startIn } from './testing.ts';

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

describe('an interrupted run', { timeout: 180_000 }, () => {
  test('is kept, is judged again to the letter, and has its directory to itself', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', 'interrupted');
    const finished = finish(child);
    await sawEvents(join(folder, 'interrupted'), 'trial-finished', 'storm-started');
    const second = await cachestorm('run', 'breakdown', '--out', 'interrupted', '--force');
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('another command works in it') });
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    const whole = await outcome('interrupted');

    for (const name of OUTCOME) await rm(join(folder, 'interrupted', name));
    const { code, stdout, stderr } = await cachestorm('report', 'interrupted');
    // What the finished trials prove stays proven, whatever else is not known.
    const { verdict } = resultSchema.parse(JSON.parse(whole['result.json'] ?? ''));
    expect(verdict).not.toBe('pass');
    expect([code, stderr]).toEqual([EXIT_OF[verdict], '']);
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

describe('report', () => {
  test.each(['nowhere', '.', 'file', ''])('of what is no run is wrong usage: %j', async (path) => {
    await writeFile(join(folder, 'file'), '');
    expect(await cachestorm('report', path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the directory of a run'),
    });
  });
});
