/** A cache of limited memory, through a whole run on real servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TrialSample } from '../record/sample.ts';
import { resultSchema } from '../result/schema.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ROOM_BYTES = 150_000;

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-eviction-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** 500 rows of a kilobyte, of which about a quarter fits. */
async function scenarioFile(name: string, strategies: readonly string[], cache: object): Promise<string> {
  const profile = { rounds: 1, stormMs: 2_500 };
  const scenario = {
    name,
    title: name,
    question: 'What fits?',
    dataset: { rows: 500, valueBytes: 1_000 },
    cache,
    origin: { queryMs: 40 },
    service: { instances: 1 },
    start: 'cold',
    load: { model: 'open', ratePerSec: 400 },
    keys: { kind: 'zipf', count: 500, exponent: 0.8 },
    strategies,
    profiles: { smoke: profile, standard: profile, publish: profile },
  };
  const path = join(folder, `${name}.ts`);
  await writeFile(path, `export default ${JSON.stringify(scenario)};\n`);
  return path;
}

test('a policy holds for its own trials, and the next scenario has all the memory it wants', async () => {
  const limited = await scenarioFile('limited', ['noeviction', 'none'], {
    roomBytes: ROOM_BYTES,
    evictionPolicy: 'allkeys-random',
  });
  const free = await scenarioFile('free', ['none'], {});
  const child = spawn(process.execPath, [MAIN, 'run', limited, free, '--seed', '3', '--out', out], {
    stdio: 'ignore',
  });
  await once(child, 'close');

  const result = resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
  const metric = (scenario: number, strategy: string, name: string) =>
    result.scenarios[scenario]?.strategies.find((found) => found.name === strategy)?.metrics[name]?.median;
  for (const strategy of ['noeviction', 'none']) {
    const best = metric(0, strategy, 'cache.optimalHitRate') ?? Number.NaN;
    expect(metric(0, strategy, 'cache.hitRate')).toBeLessThanOrEqual(best);
    expect(best).toBeLessThan(1);
    // A kilobyte each, and what Redis needs beside it; what its connections take at times is part of the room.
    expect(metric(0, strategy, 'cache.entries')).toBeLessThan(ROOM_BYTES / 1_000);
    expect(metric(0, strategy, 'cache.entries')).toBeGreaterThan(10);
    // A refused fill fails no read.
    expect(metric(0, strategy, 'requests.failed')).toBe(0);
    const evicts = strategy !== 'noeviction';
    expect((metric(0, strategy, 'cache.evictions') ?? Number.NaN) > 0).toBe(evicts);
    expect((metric(0, strategy, 'cache.refusedWrites') ?? Number.NaN) > 0).toBe(!evicts);
  }
  expect(result.scenarios[0]?.answer).toMatch(/^With noeviction .*% of lookups hit and Redis refused/);
  expect(result.scenarios[0]?.load.description).toContain('room for 0.143 MiB of entries');

  expect(metric(1, 'none', 'cache.refusedWrites')).toBe(0);
  expect(metric(1, 'none', 'cache.evictions')).toBe(0);
  expect(metric(1, 'none', 'cache.entries')).toBeGreaterThan(ROOM_BYTES / 1_000);
  expect(metric(1, 'none', 'cache.optimalHitRate')).toBeUndefined();

  const names = (await readdir(join(out, 'samples'))).filter((name) => name.endsWith('.json'));
  const samples = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(out, 'samples', name), 'utf8')) as TrialSample),
  );
  const limits = samples.map(({ trial, cacheLimit }) => [
    trial.scenario,
    trial.strategy,
    cacheLimit?.policy,
    cacheLimit === undefined ? undefined : cacheLimit.maxMemoryBytes - cacheLimit.baseBytes,
  ]);
  expect(limits.toSorted()).toEqual([
    ['free', 'none', undefined, undefined],
    ['limited', 'noeviction', 'noeviction', ROOM_BYTES],
    ['limited', 'none', 'allkeys-random', ROOM_BYTES],
  ]);
});
