/** Who takes part beside what is built in, and the baseline against itself: what holds on a busy machine, too. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Result, resultSchema, SCHEMA_VERSION } from '../result/schema.ts';
import { type Ended, EXIT_OF, finish, start } from './testing.ts';

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/product-page.ts', import.meta.url));

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cachestorm = (...args: string[]): Promise<Ended> => finish(start(args, { cwd: folder }));

async function readResult(): Promise<Result> {
  return resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
}

test('runs the baseline against itself, and says how far it differs', async () => {
  const own = 'none-again vs none: db.reads < 300%';
  const { stdout, stderr } = await cachestorm(
    ...['run', 'breakdown', '--strategy', 'none', '--aa', '--rounds', '2', '--threshold', own],
    ...['--set', 'profiles.smoke.stormMs=1500', '--set', 'cache.ttlMs=200'],
    ...['--out', out],
  );
  const { schemaVersion, scenarios } = await readResult();
  expect(schemaVersion).toBe(SCHEMA_VERSION);
  const [scenario] = scenarios;
  expect(scenario?.strategies.map(({ name, aa, baseline }) => [name, aa ?? false, baseline])).toEqual([
    ['none', false, true],
    ['none-again', true, false],
  ]);
  expect(scenario?.strategies[1]?.thresholds.map(({ holds }) => holds)).toEqual([true]);
  // Two services of one strategy: each loads far more than once per expiry, and neither knows which it is.
  for (const { metrics } of scenario?.strategies ?? []) {
    expect(metrics['db.loadsPerExpiry']?.values.every((loads) => loads > 10)).toBe(true);
  }
  const reads = scenario?.noiseFloor?.find(({ metric }) => metric === 'db.reads');
  expect(reads).toMatchObject({ rounds: 2, confidence: 0.5 });
  expect(reads?.within).toBeLessThan(2);
  expect(stdout, stderr).toContain('Noise floor (A/A): none against itself, as none-again: Database reads');
  const samples = (await readdir(join(out, 'samples'))).filter((name) => name.endsWith('-none-again.json'));
  expect(samples).toHaveLength(2);
  const sample = JSON.parse(await readFile(join(out, 'samples', samples[0] ?? ''), 'utf8'));
  expect(sample.load.withinStorm.takenUp).toBeGreaterThan(0);
  for (const { after } of sample.services) expect(after.eventLoopDelayMs.max).toBeGreaterThanOrEqual(0);
});

test('runs the scenario and the strategy of the docs, from another folder', async () => {
  const broken = 'coalesced-mutex: db.reads < 1';
  const { code, stdout, stderr } = await cachestorm(
    ...['run', EXAMPLE, '--out', out, '--seed', '3', '--threshold', broken],
    ...['--set', 'profiles.smoke.stormMs=2000'],
  );
  const result = await readResult();
  expect(code, stderr).toBe(EXIT_OF[result.verdict]);
  expect(result.scenarios[0]?.strategies.map(({ name }) => name)).toEqual([
    'none',
    'mutex',
    'coalesced-mutex',
  ]);
  expect(stdout).toContain('coalesced-mutex');
  const mine = result.scenarios[0]?.strategies.find(({ name }) => name === 'coalesced-mutex');
  expect(mine?.metrics['db.loadsPerExpiry']?.median).toBeLessThanOrEqual(1.5);
  expect(mine?.thresholds.map(({ expression, holds }) => [expression, holds])).toEqual([
    ['vs baseline: db.reads < 20%', true],
    [broken, false],
  ]);
  expect(stdout).toContain('coalesced-mutex: threshold db.reads < 1: measured');
});
