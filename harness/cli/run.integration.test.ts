/** The command itself, from arguments to exit code, on real servers. */
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { resultJsonSchema } from '../result/json-schema.ts';
import { type Result, resultSchema } from '../result/schema.ts';
import { finish, markedProcesses, start as startIn } from './testing.ts';

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

/** Waits for lines of `events.jsonl` of these types, in this order; others may come between. */
async function sawEvents(...types: readonly string[]): Promise<void> {
  const order = new RegExp(types.map((type) => `"type":"${type}"`).join('[^]*'));
  await expect
    .poll(() => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => ''), {
      timeout: 30_000,
      interval: 20,
    })
    .toMatch(order);
}

/** Process ids whose environment carries the run's marker, and its directory if that is there. */
async function remains(runId: string): Promise<string[]> {
  const found = await markedProcesses(`CACHESTORM_RUN=${runId}`);
  const root = join(tmpdir(), `cachestorm-${runId}`);
  return access(root).then(
    () => [...found, root],
    () => found,
  );
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
    expect(schemaVersion).toBe('1.3');
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

  test('a load in phases offers what their rates add up to, and the report names them', async () => {
    const phases = [
      { shape: 'ramp', durationMs: 600, fromPerSec: 0, toPerSec: 400 },
      { shape: 'spike', durationMs: 600, basePerSec: 100, peakPerSec: 400 },
    ];
    const { stderr } = await cachestorm(
      ...['run', 'breakdown', '--strategy', 'mutex', '--rounds', '1', '--out', out],
      ...['--set', `load=${JSON.stringify({ model: 'open', phases })}`],
    );
    const [scenario] = (await readResult()).scenarios;
    expect(scenario?.strategies[0]?.metrics['requests.offered']?.median, stderr).toBe(120 + 120);
    expect(scenario?.load.description).toContain(
      'from 0 to 400/s for 0.6 s, then at 100/s with a peak of 400/s',
    );
  });

  test('a closed load of many keys accounts for every request', async () => {
    const { stderr } = await cachestorm(
      ...['run', 'breakdown', '--strategy', 'none', ...QUICK, '--out', out],
      ...[
        '--set',
        'load={"model":"closed","connections":8}',
        '--set',
        'keys={"kind":"zipf","count":50,"exponent":1.1}',
      ],
    );
    const result = await readResult();
    const metrics = result.scenarios[0]?.strategies[0]?.metrics ?? {};
    const count = (kind: string) => metrics[`requests.${kind}`]?.median ?? Number.NaN;
    expect(count('completed'), stderr).toBeGreaterThan(0);
    expect(count('offered')).toBe(
      count('completed') + count('failed') + count('timeout') + count('lost') + count('shed'),
    );
    expect(metrics['db.loadsPerExpiry']).toBeUndefined();
    expect(result.scenarios[0]?.warnings.filter((warning) => warning.code === 'truth-disagrees')).toEqual([]);
  });
});

describe('a void trial', () => {
  test('is repeated once, kept apart, and twice void is inconclusive', async () => {
    // Half of such a query is less than the generator's own timer: it is late by definition.
    const { code, stderr } = await cachestorm(
      ...['run', 'breakdown', '--strategy', 'mutex', ...QUICK, '--set', 'origin.queryMs=0.1', '--out', out],
    );
    expect(code).toBe(4);
    expect(stderr).toContain('void, once more: breakdown, mutex, round 1: 1 in 100 requests left');
    const codes = (await readResult()).scenarios[0]?.warnings.map((warning) => warning.code);
    expect(codes).toContain('generator-late');
    expect(codes).toContain('trial-repeated');
    expect(await readdir(join(out, 'samples/void'))).toHaveLength(1);
    expect((await readdir(join(out, 'samples'))).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });
});

describe('an end before the end', () => {
  test('an interrupt undoes everything and keeps what was measured', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', out);
    const finished = finish(child);
    await sawEvents('trial-finished', 'storm-started');
    child.kill('SIGINT');
    const { code } = await finished;
    expect(code).toBe(130);
    const result = await readResult();
    expect(result).toMatchObject({ verdict: 'inconclusive', interrupted: true });
    expect(result.scenarios[0]?.strategies).toHaveLength(1);
    expect(await remains(result.runId)).toEqual([]);
  });

  test('a kill -9 leaves no process and no directory after 5 s, and the next run works', async () => {
    for (const event of ['stack-starting', 'storm-started']) {
      const child = start('run', 'breakdown', ...QUICK, '--out', out);
      const finished = finish(child);
      await sawEvents(event);
      child.kill('SIGKILL');
      await finished;
      const runId = await runIdOf();
      await expect.poll(() => remains(runId), { timeout: 5_000 }).toEqual([]);
      // A killed run leaves whole files or none.
      JSON.parse(await readFile(join(out, 'plan.json'), 'utf8'));
      await expect(access(join(out, 'result.json'))).rejects.toThrow('ENOENT');
    }
    const { code } = await cachestorm('run', 'breakdown', '--strategy', 'mutex', ...QUICK, '--out', out);
    expect([0, 4]).toContain(code);
  });

  test('a server that dies under the storm is exit code 3, and leaves nothing', async () => {
    const child = start('run', 'breakdown', ...QUICK, '--out', out);
    const finished = finish(child);
    await sawEvents('trial-finished', 'storm-started');
    const runId = await runIdOf();
    process.kill(await serverOf(runId, 'redis-server'), 'SIGKILL');
    const { code, stderr } = await finished;
    expect(stderr).toContain('Redis does not answer any more');
    expect(code).toBe(3);
    expect(await readResult()).toMatchObject({ verdict: 'inconclusive', interrupted: true });
    expect(await remains(runId)).toEqual([]);
  });

  test('a server that can’t be found is exit code 3, with what to do', async () => {
    const env = { CACHESTORM_REDIS_SERVER: '/nowhere/redis-server' };
    const { code, stderr } = await finish(startIn(['run', '--out', out], { cwd: folder, env }));
    expect(code).toBe(3);
    expect(stderr).toContain('CACHESTORM_REDIS_SERVER');
  });
});
