import { describe, expect, it } from 'vitest';
import { startTruthServer } from '../selfcheck/truth-server.ts';
import { type Generator, startGenerator } from './generator.ts';
import { GeneratorFailedError, GeneratorLostError } from './generator-error.ts';
import type { GeneratorPlan, LoadProgress } from './protocol.ts';

const PLAN: Omit<GeneratorPlan, 'targets'> = {
  load: { model: 'open', arrivals: 'constant', ratePerSec: 200 },
  durationMs: 250,
  timeoutMs: 500,
  maxConnections: 16,
  keys: { kind: 'hot' },
  seed: 1,
  windowMs: 50,
};

const never = new AbortController().signal;

function start(onProcess?: (pid: number) => void): Promise<Generator> {
  const env = { PATH: process.env.PATH, CACHESTORM_RUN: 'test' };
  return startGenerator(onProcess === undefined ? { env } : { env, onProcess });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('startGenerator', () => {
  it('carries out plans of both models, one after the other, in a process of its own', async () => {
    await using server = await startTruthServer();
    const pids: number[] = [];
    await using generator = await start((pid) => pids.push(pid));
    expect(pids).toEqual([generator.pid]);
    const starts: number[] = [];
    const open = await generator.run({ ...PLAN, targets: [server.url] }, never, (atUs) => starts.push(atUs));
    expect(open.counts).toMatchObject({ offered: 50, completed: 50 });
    expect(server.received).toHaveLength(50);
    const closed = await generator.run(
      { ...PLAN, targets: [server.url], load: { model: 'closed', connections: 2 } },
      never,
      (atUs) => starts.push(atUs),
    );
    expect(closed.counts.completed).toBe(server.received.length - 50);
    expect(starts).toEqual([open.startedAtUs, closed.startedAtUs]);
    expect(open.cpuUs).toBeGreaterThan(0);
  });

  it.each([
    { model: 'open', arrivals: 'constant', ratePerSec: 200 },
    { model: 'closed', connections: 2 },
  ] as const)('asks for the path it is given and tells how it stands: $model', async (load) => {
    await using server = await startTruthServer({ delayMs: 5 });
    await using generator = await start();
    const told: LoadProgress[] = [];
    const plan = { ...PLAN, load, targets: [`${server.url}/base`], windowMs: null, progressEveryMs: 20 };
    const path = '/v1/{item}?id={item}';
    const report = await generator.run({ ...plan, path }, never, undefined, (progress) =>
      told.push(progress),
    );
    expect(new Set(server.received.map((request) => request.path))).toEqual(
      new Set(['/base/v1/item-0?id=item-0']),
    );
    expect(report.windows).toEqual([]);
    expect(report.counts).toMatchObject({
      offered: server.received.length,
      completed: server.received.length,
    });
    const offered = told.map(({ counts }) => counts.offered);
    expect(offered.length).toBeGreaterThan(2);
    expect(offered).toEqual(offered.toSorted((a, b) => a - b));
    expect(offered.at(-1)).toBeLessThanOrEqual(report.counts.offered);
    expect(told.at(-1)?.responseP99Us).toBeGreaterThan(4_000);
    const intervals = told.map(({ interval }) => interval);
    const inIntervals = intervals.reduce((sum, { completed }) => sum + completed, 0);
    expect(inIntervals).toBe(told.at(-1)?.counts.completed);
    for (const { completed, responseP50Us } of intervals)
      expect(responseP50Us === null ? 0 : responseP50Us).toBeGreaterThan(completed === 0 ? -1 : 4_000);
  });

  it('stops early on its signal, and still reports', async () => {
    await using server = await startTruthServer();
    await using generator = await start();
    const stop = new AbortController();
    void server.reached(20).then(() => stop.abort());
    const { counts } = await generator.run(
      { ...PLAN, targets: [server.url], durationMs: 60_000 },
      stop.signal,
    );
    expect(counts.completed).toBe(server.received.length);
    await expect(generator.run({ ...PLAN, targets: [server.url] }, stop.signal)).rejects.toBe(
      stop.signal.reason,
    );
  });

  it('rejects with E_GENERATOR_LOST when the process dies, then and for later plans', async () => {
    await using server = await startTruthServer();
    await using generator = await start();
    const plan = { ...PLAN, targets: [server.url], durationMs: 60_000 };
    const lost = expect(generator.run(plan, never)).rejects.toMatchObject({
      code: 'E_GENERATOR_LOST',
      message: 'the load generator ended (SIGKILL)',
    });
    await server.reached(5);
    process.kill(generator.pid, 'SIGKILL');
    await lost;
    await expect(generator.run(plan, never)).rejects.toBeInstanceOf(GeneratorLostError);
  });

  it('refuses a plan that it cannot use, and goes on', async () => {
    await using server = await startTruthServer();
    await using generator = await start();
    const wrong = generator.run({ ...PLAN, targets: [], durationMs: -1 }, never);
    await expect(wrong).rejects.toThrow(GeneratorFailedError);
    await expect(wrong).rejects.toThrow('durationMs');
    const { counts } = await generator.run({ ...PLAN, targets: [server.url] }, never);
    expect(counts.completed).toBe(50);
  });

  it('takes one plan at a time', async () => {
    await using server = await startTruthServer();
    await using generator = await start();
    const first = generator.run({ ...PLAN, targets: [server.url] }, never);
    await expect(generator.run({ ...PLAN, targets: [server.url] }, never)).rejects.toThrow('busy');
    expect((await first).counts.completed).toBe(50);
  });

  it('is dead after its disposal, in the middle of a load too', async () => {
    await using server = await startTruthServer();
    const generator = await start();
    const plan = { ...PLAN, targets: [server.url], durationMs: 60_000 };
    const lost = expect(generator.run(plan, never)).rejects.toBeInstanceOf(GeneratorLostError);
    await server.reached(1);
    await generator[Symbol.asyncDispose]();
    expect(alive(generator.pid)).toBe(false);
    await lost;
    await generator[Symbol.asyncDispose]();
  });

  it('kills the process when its owner cannot note it down', async () => {
    let pid = 0;
    const failing = start((started) => {
      pid = started;
      throw new Error('journal full');
    });
    await expect(failing).rejects.toThrow('journal full');
    expect(alive(pid)).toBe(false);
  });
});
