/** The command itself, from arguments to exit code, on real servers. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { resultJsonSchema } from '../result/json-schema.ts';
import { type Result, resultSchema } from '../result/schema.ts';
import { EXIT_OF, finish, remains, start as startIn } from './testing.ts';

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
    const reads = (at: 'before' | 'after') => services.reduce((sum, account) => sum + account[at].dbReads, 0);
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
