/** The scenario cache-tiers from arguments to report, on real servers: what it counts adds up, and the order is theory's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { type Result, resultSchema } from '../result/schema.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1500', '--seed', '7'];

let out: string;
let result: Result;
let samples: readonly TrialSample[];
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'cache-tiers-test-'));
  const args = [MAIN, 'run', 'cache-tiers', ...QUICK, '--out', out, '--json'];
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  const read = async (...path: readonly string[]) =>
    JSON.parse(await readFile(join(out, ...path), 'utf8')) as unknown;
  result = resultSchema.parse(await read('result.json'));
  const names = (await readdir(join(out, 'samples'))).filter((name) => name.endsWith('.json'));
  samples = await Promise.all(names.map(async (name) => (await read('samples', name)) as TrialSample));
}, 180_000);
afterAll(() => rm(out, { recursive: true, force: true }));

function metric(strategy: string, name: string): number | undefined {
  const found = result.scenarios[0]?.strategies.find((one) => one.name === strategy);
  return found?.metrics[name]?.median;
}

test('every read and write is offered once, ends once, and is judged once', () => {
  expect(samples.map(({ trial }) => trial.strategy).toSorted()).toEqual([
    'local',
    'redis',
    'two-level',
    'two-level-ttl',
  ]);
  for (const { load, before, after, services } of samples) {
    const { offered, completed, failed, timeout, lost, shed } = load.counts;
    expect(offered).toBe(completed + failed + timeout + lost + shed);
    const { honest, updates } = load.streams ?? {};
    expect((honest?.counts.offered ?? 0) + (updates?.counts.offered ?? 0)).toBe(offered);
    expect(load.staleness).toMatchObject({ writes: updates?.good, reads: honest?.good });
    // Reads of the database are no writes, and the other way round.
    const asked = (pick: 'dbReads' | 'dbWrites') =>
      services.reduce((sum, account) => sum + account.after[pick] - account.before[pick], 0);
    expect(after.dbReads - before.dbReads).toBe(asked('dbReads'));
    expect(after.dbWrites - before.dbWrites).toBe(asked('dbWrites'));
    // A write whose deadline passed may have been made or not.
    expect(asked('dbWrites')).toBeGreaterThanOrEqual(updates?.good ?? Number.NaN);
    expect(asked('dbWrites')).toBeLessThanOrEqual(updates?.counts.offered ?? Number.NaN);
  }
});

test('copies that nobody tells of a write are stale within theory’s bound; Redis and tracked copies hardly', () => {
  for (const name of ['local', 'two-level-ttl']) {
    expect(metric(name, 'staleness.readRate')).toBeGreaterThan(0.02);
    for (const fresh of ['redis', 'two-level'])
      expect(metric(fresh, 'staleness.readRate')).toBeLessThan(metric(name, 'staleness.readRate') ?? 0);
  }
  const local = result.scenarios[0]?.strategies.find(({ name }) => name === 'local');
  expect(local?.bounds.find(({ metric: of }) => of === 'staleness.maxMs')).toMatchObject({
    holds: true,
    predicted: { formula: 'L1 + D' },
  });
});

test('where a read ends is counted: in the process, in Redis, in the database', () => {
  expect(metric('redis', 'cache.l1HitRate')).toBe(0);
  expect(metric('local', 'cache.lookups')).toBe(0);
  expect(metric('local', 'cache.l1HitRate')).toBeGreaterThan(0.2);
  expect(metric('two-level', 'cache.lookups')).toBeLessThan(metric('redis', 'cache.lookups') ?? 0);
  expect(metric('local', 'db.reads')).toBeGreaterThan(metric('redis', 'db.reads') ?? 0);
  for (const { services } of samples)
    for (const { memory } of services) expect(memory?.liveBytes).toBeGreaterThan(1e6);
});

test('the report answers, and says what is measured', async () => {
  const summary = await readFile(join(out, 'summary.md'), 'utf8');
  expect(summary).toMatch(/With redis the database was read \d+ times, .*; with local .* stale, by up to /);
  expect(summary).toMatch(/Stale reads, % .*Stalest read, ms .*Memory of a process, MiB/);
  const claims = result.scenarios[0]?.claims ?? [];
  expect(claims.map(({ text }) => text)).toContain('Local caches serve old data after a write');
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Stalest read');
});
