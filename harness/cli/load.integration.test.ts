/** `cachestorm load` as a command, against servers that keep their own log. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { refusedPort } from '../load/fixtures/refused-port.ts';
import { keySource } from '../load/keys.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { startTruthServer, type TruthServer } from '../selfcheck/truth-server.ts';
import { type Ended, finish, markedProcesses, start as startIn } from './testing.ts';

/** These tests count; how late a busy machine makes the generator is another matter. */
const PATIENT = ['--max-lag', '1m'];

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => startIn(['load', ...args], { env });
const load = (...args: string[]) => finish(start([...args, ...PATIENT]));

const count = z.int().nonnegative();
const ms = z.number().nonnegative().nullable();
const spectrum = z.strictObject({ p50: ms, p75: ms, p90: ms, p99: ms, p999: ms, p9999: ms, max: ms });
const summarySchema = z.strictObject({
  url: z.string(),
  model: z.enum(['open', 'closed']),
  arrivals: z.enum(['constant', 'poisson']).optional(),
  ratePerSec: z.number().optional(),
  connections: count,
  keepAlive: z.boolean(),
  keys: z.string().nullable(),
  seed: count,
  timeoutMs: z.number(),
  durationMs: z.number(),
  interrupted: z.boolean(),
  offered: count,
  completed: count,
  failed: count,
  timeout: count,
  lost: count,
  shed: count,
  achievedRate: z.number(),
  statuses: z.record(z.string(), count),
  errors: z.record(z.string(), count),
  neverSent: count.nullable(),
  responseMs: spectrum,
  onTimeMs: spectrum,
  serviceMs: spectrum,
  sendLagMs: spectrum,
  pacerLagMs: spectrum,
  cpuUsPerRequest: z.number().nullable(),
  doubtful: z.array(z.string()),
  histogram: z.string(),
});

function summaryOf({ stdout }: Ended): z.infer<typeof summarySchema> {
  const summary = summarySchema.parse(JSON.parse(stdout));
  const { offered, completed, failed, timeout, lost, shed } = summary;
  expect(completed + failed + timeout + lost + shed).toBe(offered);
  using histogram = LatencyHistogram.decode(summary.histogram);
  expect(histogram.count).toBe(completed + timeout);
  return summary;
}

/** The process id of a command's load generator. */
async function generatorOf(marker: string): Promise<number> {
  for (const pid of await markedProcesses(marker)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (command.includes('generator-main')) return Number(pid);
  }
  throw new Error('there is no generator');
}

const paths = (server: TruthServer): string[] => server.received.map(({ path }) => path);

describe('an open load', () => {
  test('sends what it says, and says what the server counted', async () => {
    await using server = await startTruthServer({
      behave: (index) => (index % 10 === 0 ? 'not-found' : 'ok'),
    });
    const url = `${server.url}/v1/{item}?id={item}`;
    const ended = await load(
      url,
      '--rate',
      '400',
      '--duration',
      '500ms',
      '--keys',
      'zipf:1.1:100',
      '--seed',
      '7',
      '--json',
    );
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({
      ...{ url, model: 'open', arrivals: 'constant', ratePerSec: 400, seed: 7, keys: 'zipf:1.1:100' },
      ...{
        offered: 200,
        completed: 200,
        achievedRate: 400,
        durationMs: 500,
        interrupted: false,
        keepAlive: true,
      },
      ...{ statuses: { 200: 180, 404: 20 }, errors: {}, neverSent: 0 },
    });
    const nextKey = keySource({ kind: 'zipf', exponent: 1.1, count: 100 }, 7);
    const expected = Array.from({ length: 200 }, () => nextKey().key).map((key) => `/v1/${key}?id=${key}`);
    // Over several connections they may overtake each other.
    expect(paths(server).sort()).toEqual(expected.sort());
  });

  test('asks for one URL as it is when no key has a place in it', async () => {
    await using server = await startTruthServer();
    const { code, stdout } = await load(`${server.url}/health?a=b`, '--rate', '200', '--duration', '250ms');
    expect(code).toBe(0);
    expect(paths(server)).toEqual(Array(50).fill('/health?a=b'));
    expect(stdout).toContain('50 offered  50 completed');
    expect(stdout).toMatch(/response( +[\d.,]+){7}\n/);
  });

  test('makes a connection for every request without keep-alive', async () => {
    await using server = await startTruthServer();
    const url = `${server.url}/{item}`;
    const summary = summaryOf(
      await load(url, '--rate', '200', '--duration', '250ms', '--no-keep-alive', '--json'),
    );
    expect(summary).toMatchObject({ keepAlive: false, offered: 50, completed: 50, errors: {} });
    // One more was opened to see whether anything listens.
    expect([server.received.length, server.connections]).toEqual([50, 51]);
    expect(server.received.every(({ closes }) => closes)).toBe(true);
  });

  test('repeats Poisson arrivals for the same seed', async () => {
    await using server = await startTruthServer();
    const args = [server.url, '--rate', '300', '--duration', '400ms', '--arrivals', 'poisson', '--json'];
    const offered: number[] = [];
    for (const seed of ['1', '1', '2']) {
      const before = server.received.length;
      const summary = summaryOf(await load(...args, '--seed', seed));
      expect(server.received.length - before).toBe(summary.offered);
      offered.push(summary.offered);
    }
    expect(offered[1]).toBe(offered[0]);
    expect(offered[2]).not.toBe(offered[0]);
  });

  test('counts broken connections, refusals and statuses apart, over one connection', async () => {
    await using server = await startTruthServer({
      behave: (index) => (['ok', 'error', 'shed', 'rst'] as const)[index % 4] ?? 'ok',
    });
    const args = ['--rate', '200', '--duration', '200ms', '--connections', '1', '--json'];
    const ended = await load(server.url, ...args);
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toMatchObject({
      ...{ offered: 40, completed: 10, failed: 20, shed: 10, connections: 1 },
      ...{ statuses: { 200: 10, 500: 10, 503: 10 }, errors: { ECONNRESET: 10 } },
    });
  });

  test('writes a line a second while it runs', async () => {
    await using server = await startTruthServer();
    const { stderr } = await load(server.url, '--rate', '100', '--duration', '1500ms');
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^[\d.]+ of 1\.5 s {2}\d+ offered {2}\d+ completed/);
  });
});

test('a closed load sends as fast as it is answered', async () => {
  await using server = await startTruthServer({ delayMs: 5 });
  const url = `${server.url}/v1/{item}`;
  const ended = await load(
    url,
    '--closed',
    '--connections',
    '3',
    '--duration',
    '300ms',
    '--keys',
    'missing',
    '--json',
  );
  expect(ended.code).toBe(0);
  const summary = summaryOf(ended);
  expect(summary).toMatchObject({ model: 'closed', connections: 3, completed: server.received.length });
  expect(summary).toMatchObject({ neverSent: null, sendLagMs: { p50: null }, pacerLagMs: { p99: null } });
  expect(summary.ratePerSec).toBeUndefined();
  // One more was opened to see whether anything listens.
  expect(server.connections).toBe(4);
  expect(new Set(paths(server)).size).toBe(server.received.length);
  expect(paths(server).every((path) => path.startsWith('/v1/endless-'))).toBe(true);
});

describe('an end before the end', () => {
  test('an interrupt drains, prints what there is, and leaves no process', async () => {
    await using server = await startTruthServer({ delayMs: 50 });
    const marker = `CACHESTORM_TEST=${server.url}`;
    const child = start([server.url, '--rate', '200', '--duration', '1h', '--json', ...PATIENT], {
      CACHESTORM_TEST: server.url,
    });
    const finished = finish(child);
    await server.reached(40);
    child.kill('SIGINT');
    const ended = await finished;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/waiting up to 5s for the answers.*\n[\s\S]*interrupted: this was measured/);
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({ interrupted: true, completed: server.received.length });
    expect(summary.durationMs).toBeLessThan(3_600_000);
    expect(await markedProcesses(marker)).toEqual([]);
  });

  test('a second interrupt leaves at once, a kill -9 too, and a generator that was stopped goes with it', async () => {
    for (const signals of [['SIGINT', 'SIGTERM'], ['SIGKILL']] as const) {
      await using server = await startTruthServer({ behave: () => 'hang' });
      const marker = `CACHESTORM_TEST=${server.url}`;
      const child = start([server.url, '--rate', '100', '--duration', '1h', '--timeout', '1m', ...PATIENT], {
        CACHESTORM_TEST: server.url,
      });
      const finished = finish(child);
      await server.reached(5);
      // One that stands still does not see that its harness is gone.
      process.kill(await generatorOf(marker), 'SIGSTOP');
      for (const signal of signals) child.kill(signal);
      const { code } = await finished;
      expect(code).toBe(signals.length === 2 ? 130 : null);
      await expect.poll(() => markedProcesses(marker), { timeout: 5_000 }).toEqual([]);
    }
  });
});

describe('what went wrong', () => {
  test('a refused connection is exit code 3, at once', async () => {
    const port = await refusedPort();
    const { code, stdout, stderr } = await load(
      `http://127.0.0.1:${port}/`,
      '--rate',
      '10',
      '--duration',
      '1h',
    );
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`can't reach http://127.0.0.1:${port}: nothing listens there`);
  });

  test('a server that never answers anything is exit code 3, with the counts', async () => {
    await using server = await startTruthServer({ behave: () => 'rst' });
    const ended = await load(server.url, '--rate', '100', '--duration', '200ms', '--json');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('no request was answered: 20 of 20 failed: the server resets connections');
    expect(summaryOf(ended)).toMatchObject({ offered: 20, failed: 20, errors: { ECONNRESET: 20 } });
  });

  test('a generator beyond its budget is exit code 4, with a remedy', async () => {
    await using server = await startTruthServer();
    const child = start([
      server.url,
      '--rate',
      '700',
      '--duration',
      '300ms',
      '--max-lag',
      '0.001ms',
      '--json',
    ]);
    const ended = await finish(child);
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('the generator was late itself');
    expect(ended.stderr).toContain('Lower --rate');
    expect(summaryOf(ended).offered).toBe(210);
  });
});
