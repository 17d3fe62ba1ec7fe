/** The command itself, from arguments to exit code, on real servers. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { resultJsonSchema } from '../result/json-schema.ts';
import { type Result, resultSchema, SCHEMA_VERSION } from '../result/schema.ts';
import { finish, remains, start as startIn } from './testing.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXIT_OF = { pass: 0, fail: 1, inconclusive: 4 } as const;
/** One round, and a storm that sees two expiries or more. */
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1200', '--set', 'cache.ttlMs=400'];

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

async function readSamples(): Promise<TrialSample[]> {
  const names = (await readdir(join(out, 'samples'))).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(out, 'samples', name), 'utf8')) as TrialSample),
  );
}

describe('run', () => {
  test('storms the breakdown scenario, and judges what the servers counted', async () => {
    const { code, stdout } = await cachestorm(
      'run',
      'breakdown',
      ...QUICK,
      '--seed',
      '7',
      '--out',
      out,
      '--json',
    );
    const result = await readResult();
    expect(JSON.parse(stdout)).toEqual(result);
    expect(code).toBe(EXIT_OF[result.verdict]);

    const scenario = result.scenarios[0];
    const metric = (strategy: string, name: string) =>
      scenario?.strategies.find((candidate) => candidate.name === strategy)?.metrics[name]?.median ??
      Number.NaN;
    expect(scenario?.warnings.filter((warning) => warning.code === 'truth-disagrees')).toEqual([]);
    for (const { name } of scenario?.strategies ?? []) {
      const count = (kind: string) => metric(name, `requests.${kind}`);
      expect(count('offered')).toBe(1_200);
      expect(count('completed') + count('failed') + count('timeout') + count('lost') + count('shed')).toBe(
        1_200,
      );
      expect(count('lost')).toBe(0);
    }
    const perExpiry = (strategy: string) => metric(strategy, 'db.loadsPerExpiry');
    expect(perExpiry('none')).toBeGreaterThan(10 * perExpiry('single-flight'));
    expect(perExpiry('single-flight')).toBeLessThanOrEqual(2.5);
    expect(perExpiry('mutex')).toBeLessThanOrEqual(1.5);
    expect(perExpiry('logical-expiry')).toBeLessThanOrEqual(1.5);

    expect(scenario?.claims?.[0]?.cases[1]?.reason).toContain('slow-holder did not run');

    // Whole, in its place, and nothing half-written beside it.
    expect((await readdir(out)).sort()).toEqual(
      ['events.jsonl', 'plan.json', 'report.html', 'result.json', 'samples', 'summary.md'].sort(),
    );
    const samples = await readSamples();
    expect(samples).toHaveLength(4);
    for (const { trial, warmUp, services, load } of samples) {
      expect(warmUp?.windows.length).toBeGreaterThan(0);
      // The warm-up read the database too; nothing of that, nor of its requests, is counted.
      const reads = (at: 'before' | 'after') =>
        services.reduce((sum, account) => sum + account[at].dbReads, 0);
      expect(reads('before')).toBeGreaterThan(0);
      expect(metric(trial.strategy, 'db.reads')).toBe(reads('after') - reads('before'));
      expect(load.counts.offered).toBe(1_200);
    }
    const events = (await readFile(join(out, 'events.jsonl'), 'utf8')).trimEnd().split('\n');
    const types = events.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === 'warmed-up').length).toBeGreaterThanOrEqual(4);
    for (const [index, type] of types.entries())
      if (type === 'storm-started') expect(types[index - 1]).toBe('warmed-up');
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(resultJsonSchema()));
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
    expect(await remains(result.runId)).toEqual([]);
    expect(JSON.stringify(result)).not.toMatch(/:\/\/[^"/]*@/);
  });

  test('runs the baseline against itself, and says how far it differs', async () => {
    const own = 'none-again vs none: db.reads < 300%';
    const { stdout, stderr } = await cachestorm(
      ...['run', 'breakdown', '--strategy', 'none', '--aa', '--rounds', '2', '--threshold', own],
      ...['--set', 'profiles.smoke.stormMs=500', '--set', 'cache.ttlMs=200', '--out', out],
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
    const example = join(ROOT, 'docs/examples/product-page.ts');
    const broken = 'coalesced-mutex: db.reads < 1';
    const { code, stdout, stderr } = await cachestorm(
      ...['run', example, '--out', out, '--seed', '3', '--threshold', broken],
      ...['--set', 'profiles.smoke.stormMs=1200'],
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
});
