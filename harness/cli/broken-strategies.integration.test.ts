/**
 * A strategy that is broken on purpose is failed by the bound that theory gives it; the sound one beside it is not.
 * Storms last over two seconds: a hundredth of a shorter one is within a single pause of the machine, and late by it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MetricName } from '../result/metrics.ts';
import { resultSchema } from '../result/schema.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broken-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Whether the bounds on `metric` held and what became of the outcome, by strategy, and what the command ended with. */
async function judged(
  scenario: string,
  strategies: readonly string[],
  metric: MetricName,
  set: readonly string[],
) {
  const settings = ['profiles.smoke.rounds=1', ...set].flatMap((setting) => ['--set', setting]);
  const args = ['run', scenario, '--variants', 'none', '--strategy', strategies.join(','), ...settings];
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [MAIN, ...args, '--force', '--out', folder], (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    ),
  );
  const { scenarios } = resultSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
  const holds = (scenarios[0]?.strategies ?? []).map(
    ({ name, bounds }) => [name, bounds.find((bound) => bound.metric === metric)?.holds] as const,
  );
  const outcomes = (scenarios[0]?.strategies ?? []).map(
    ({ name, outcome }) => [name, outcome?.verdict] as const,
  );
  return { code, holds: Object.fromEntries(holds), outcomes: Object.fromEntries(outcomes), stderr };
}

const broken = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));

test('a mutex that forgets its token makes more than one load an expiry', async () => {
  const strategies = ['mutex', broken('tokenless-mutex')];
  const storm = ['cache.ttlMs=400', 'profiles.smoke.stormMs=2400'];
  const { code, holds, stderr } = await judged('breakdown', strategies, 'db.loadsPerExpiry', storm);
  expect(holds, stderr).toEqual({ mutex: true, 'tokenless-mutex': false });
  expect([1, 4]).toContain(code);
});

test('a jitter of nothing has everything expire at once', async () => {
  const strategies = ['ttl-jitter', broken('no-jitter')];
  // Few enough that N / W is well below what the database can do: above, nobody can tell.
  const few = ['dataset.rows=150', 'keys.count=150'];
  const storm = [...few, 'cache.ttlMs=2000', 'parameters.no-jitter.spread=1', 'profiles.smoke.stormMs=2500'];
  const { code, holds, stderr } = await judged('avalanche:expiry', strategies, 'db.peakQps', storm);
  expect(holds, stderr).toEqual({ 'ttl-jitter': true, 'no-jitter': false });
  expect([1, 4]).toContain(code);
});

test('a Bloom filter of a tenth of its size lets through more than it errs', async () => {
  const strategies = ['bloom-filter', broken('tenth-bloom-filter')];
  const storm = ['profiles.smoke.stormMs=2500'];
  const metric = 'db.loadsPerMissing.endless';
  const { code, holds, outcomes, stderr } = await judged('penetration', strategies, metric, storm);
  expect(holds, stderr).toEqual({ 'bloom-filter': true, 'tenth-bloom-filter': false });
  // A contender of a user's is held to the same criteria as ours.
  expect(outcomes, stderr).toMatchObject({ 'tenth-bloom-filter': 'not protected' });
  expect([1, 4]).toContain(code);
});
