/** The command with servers in containers, as a user runs it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackendKind } from '../../infra/backend.ts';
import { imagesOf, leftOf } from '../../infra/containers/testing.ts';
import type { Result } from '../result/schema.ts';
import { exitCodes } from './exit-codes.ts';
import { finish, start } from './testing.ts';
import { wholeStormSuite } from './whole-storm.suite.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const KINDS: readonly BackendKind[] = ['redis', 'database', 'rabbitmq'];
type Images = readonly (readonly [kind: BackendKind, image: string])[];
const options = (images: Images) => images.flatMap(([kind, image]) => ['--image', `${kind}=${image}`]);

/** The nth image of each kind, or the first where there are fewer. */
const imagesAt = (n: number): Images =>
  KINDS.flatMap((kind) => {
    const images = imagesOf(kind);
    const image = images[n] ?? images[0];
    return image === undefined ? [] : [[kind, image] as const];
  });
const STORMS = Array.from({ length: Math.max(...KINDS.map((kind) => imagesOf(kind).length)) }, (_, n) =>
  imagesAt(n),
);
const FIRST = options(imagesAt(0));

async function resultIn(out: string): Promise<Result> {
  return JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as Result;
}

for (const images of STORMS) {
  wholeStormSuite({
    name: images.map(([, image]) => image).join(', '),
    servers: images.map(([kind, image]) => ({ kind, provider: 'containers', image })),
    args: options(images),
    because: 'in containers, as images are given',
    leftOf,
  });
}

it('storms a Redis behind a Sentinel through a failover, and counts on', async () => {
  const out = join(folder, 'sentinel');
  // Long beside the three seconds that a failover takes: a master that is back before is no longer given up.
  const pause = { kind: 'pause', target: 'redis', atMs: 500, durationMs: 6_000 };
  const set = [`faults=[${JSON.stringify(pause)}]`, 'profiles.smoke.stormMs=8000', 'load.ratePerSec=200'];
  const args = [
    ...[
      '--sentinel',
      ...FIRST.slice(0, 4),
      '--rounds',
      '1',
      '--variants',
      'none',
      '--strategy',
      'none,mutex',
    ],
    ...set.flatMap((setting) => ['--set', setting]),
  ];
  const ended = await finish(start(['run', 'breakdown', ...args, '--out', out]));
  expect([exitCodes.held, exitCodes.failed, exitCodes.inconclusive], ended.stderr).toContain(ended.code);
  const { runId, provenance, scenarios, interrupted } = await resultIn(out);
  expect(interrupted).toBe(false);
  expect(provenance.backends.map(({ kind, topology }) => [kind, topology])).toEqual([
    ['redis', 'sentinel'],
    ['database', undefined],
  ]);
  // Once in each trial, whose counters go on with the new master's.
  const { strategies = [], warnings = [] } = scenarios[0] ?? {};
  expect(warnings.filter(({ code }) => code === 'cache-taken-over')).toHaveLength(2);
  for (const { metrics } of strategies) {
    expect(metrics['cache.lookups']?.median).toBeGreaterThan(0);
    expect(metrics['requests.completed']?.median).toBeGreaterThan(0);
  }
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('behind Sentinel');
  expect(await leftOf(runId)).toEqual([]);
});

it('says in one sentence that an image can not be had', async () => {
  const out = join(folder, 'missing');
  const image = 'localhost:1/nobody/redis:0';
  const args = ['--infra', 'containers', '--image', `redis=${image}`, '--out', out];
  const { code, stderr } = await finish(start(['run', 'breakdown', ...args]));
  expect(code).toBe(exitCodes.infrastructure);
  const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
  expect(errors).toEqual([expect.stringMatching(`the image ${image} is not here and can't be pulled: .+`)]);
  expect(stderr).not.toContain('    at ');
});

it('undoes everything when it is interrupted', async () => {
  const out = join(folder, 'interrupted');
  const child = start(['run', 'breakdown', '--infra', 'containers', ...FIRST.slice(0, 4), '--out', out]);
  const finished = finish(child);
  const events = join(out, 'events.jsonl');
  await expect
    .poll(() => readFile(events, 'utf8').catch(() => ''), { timeout: 180_000 })
    .toContain('stack-started');
  child.kill('SIGINT');
  const { code, stderr } = await finished;
  expect(code, stderr).toBe(exitCodes.interrupted);
  expect(await leftOf((await resultIn(out)).runId)).toEqual([]);
});

it('refuses an engine on another machine', async () => {
  const env = { DOCKER_HOST: 'tcp://192.0.2.1:2375' };
  const args = ['run', 'breakdown', '--infra', 'containers', '--out', join(folder, 'remote')];
  const { code, stderr } = await finish(start(args, { env }));
  expect([code, stderr]).toEqual([
    exitCodes.infrastructure,
    expect.stringContaining('has to be on this machine'),
  ]);
});
