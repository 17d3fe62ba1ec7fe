/** Loads of other shapes, and trials that are void: what holds on a busy machine, too. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Result, resultSchema } from '../result/schema.ts';
import { finish, QUICK, start } from './testing.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cachestorm = (...args: string[]) => finish(start(args, { cwd: folder }));

async function readResult(): Promise<Result> {
  return resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
}

describe('loads', () => {
  test('a load in phases offers what their rates add up to, and the report names them', async () => {
    const phases = [
      { shape: 'ramp', durationMs: 600, fromPerSec: 0, toPerSec: 400 },
      { shape: 'spike', durationMs: 600, basePerSec: 100, peakPerSec: 400 },
    ];
    const { stderr } = await cachestorm(
      ...['run', 'breakdown', '--strategy', 'mutex', ...QUICK.slice(0, -2), '--out', out],
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
