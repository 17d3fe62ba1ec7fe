import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { type Behaviour, startTruthServer } from '../selfcheck/truth-server.ts';
import { systemClock } from '../time/clock.ts';
import { type ClosedPlan, runClosedLoop } from './closed-loop.ts';
import { refusedPort } from './fixtures/refused-port.ts';
import type { GeneratorReport } from './protocol.ts';

const CONNECTIONS = 4;
const DELAY_MS = 40;

const PLAN = {
  load: { model: 'closed', connections: CONNECTIONS },
  durationMs: 600,
  timeoutMs: 300,
  maxConnections: CONNECTIONS,
  keys: { kind: 'missing', count: null },
  seed: 1,
  windowMs: 100,
} as const satisfies Omit<ClosedPlan, 'targets'>;

async function run(
  targets: readonly string[],
  changes: Partial<ClosedPlan> = {},
  signal = new AbortController().signal,
): Promise<GeneratorReport> {
  const context = { clock: systemClock, signal, onStarted: () => {} };
  const report = await runClosedLoop({ ...PLAN, targets, ...changes }, context);
  const { offered, completed, failed, timeout, lost, shed } = report.counts;
  expect(completed + failed + timeout + lost + shed).toBe(offered);
  expect(lost).toBe(0);
  expect(latencies(report.histograms.response).count).toBe(completed + timeout);
  expect(report.windows.reduce((sum, window) => sum + window.offered, 0)).toBe(offered);
  return report;
}

function latencies(encoded: string): { count: number; minMs: number; p50Ms: number; maxMs: number } {
  using histogram = LatencyHistogram.decode(encoded);
  const at = (percent: number): number => (histogram.percentile(percent) ?? Number.NaN) / 1e3;
  return { count: histogram.count, minMs: at(0), p50Ms: at(50), maxMs: at(100) };
}

/** The n-th request meets it, all others are answered. */
function nth(n: number, behaviour: Behaviour): (index: number) => Behaviour {
  return (index) => (index === n ? behaviour : 'not-found');
}

describe('runClosedLoop', () => {
  it('counts what the servers count, over several targets, with a key of its own per request', async () => {
    await using first = await startTruthServer({ behave: () => 'not-found', delayMs: DELAY_MS });
    await using second = await startTruthServer({ behave: () => 'not-found', delayMs: DELAY_MS });
    const report = await run([first.url, second.url], { load: { model: 'closed', connections: 5 } });
    const paths = [...first.received, ...second.received].map(({ path }) => path);
    expect(report.counts).toMatchObject({ offered: paths.length, completed: paths.length });
    expect(report).toMatchObject({
      good: paths.length,
      outcomes: { null: paths.length },
      statuses: { 404: paths.length },
    });
    expect(new Set(paths).size).toBe(paths.length);
    expect([first.connections, second.connections]).toEqual([3, 2]);
    expect(report.neverSent).toBeUndefined();
    expect(report.histograms.pacerLag).toBeUndefined();
  });

  it('has at most one request per connection on its way', async () => {
    await using server = await startTruthServer({ behave: () => 'not-found', delayMs: DELAY_MS });
    const { counts } = await run([server.url]);
    // Each takes 40 ms at least, and the last may start at the very end.
    expect(counts.offered).toBeLessThanOrEqual(CONNECTIONS * (PLAN.durationMs / DELAY_MS + 1));
    expect(counts.offered).toBeGreaterThan(CONNECTIONS);
  });

  it.each(['fin', 'rst', 'cut-body'] as const)('fails the request that meets %s', async (behaviour) => {
    await using server = await startTruthServer({ behave: nth(2, behaviour), delayMs: DELAY_MS });
    const { counts, errors, histograms } = await run([server.url], {
      load: { model: 'closed', connections: 1 },
    });
    expect(counts).toMatchObject({ offered: server.received.length, failed: 1, timeout: 0 });
    expect(errors).toEqual({ [behaviour === 'rst' ? 'ECONNRESET' : 'CLOSED']: 1 });
    // autocannon alone would time every later answer of the connection from the send before.
    const { minMs, p50Ms } = latencies(histograms.response);
    expect(minMs).toBeGreaterThanOrEqual(DELAY_MS - 1);
    expect(p50Ms).toBeLessThan(2 * DELAY_MS);
  });

  it('sends nothing more on a connection that the server closes', async () => {
    await using server = await startTruthServer({ behave: (index) => (index % 2 === 0 ? 'close' : 'ok') });
    const { counts, errors } = await run([server.url], { durationMs: 200 });
    expect(counts).toMatchObject({ offered: server.received.length, completed: server.received.length });
    expect(counts.completed).toBeGreaterThan(CONNECTIONS);
    expect(errors).toEqual({});
  });

  it.each(['hang', 'hang-body'] as const)('times out %s, and the connection goes on', async (behaviour) => {
    await using server = await startTruthServer({ behave: nth(0, behaviour), delayMs: DELAY_MS });
    const { counts, errors, histograms } = await run([server.url], {
      load: { model: 'closed', connections: 1 },
    });
    expect(counts).toMatchObject({ offered: server.received.length, failed: 0, timeout: 1 });
    expect(counts.completed).toBeGreaterThan(1);
    expect(errors).toEqual({});
    const { maxMs, p50Ms } = latencies(histograms.response);
    expect(Math.abs(maxMs - PLAN.timeoutMs)).toBeLessThan(1);
    expect(p50Ms).toBeLessThan(2 * DELAY_MS);
  });

  it('times out what is still on its way at the end', async () => {
    await using server = await startTruthServer({ behave: () => 'hang' });
    const { counts } = await run([server.url], { durationMs: 100 });
    expect(counts).toMatchObject({ offered: CONNECTIONS, timeout: CONNECTIONS });
  });

  it('pauses between refused connections', async () => {
    const port = await refusedPort();
    const { counts, errors } = await run([`http://127.0.0.1:${port}`]);
    expect(counts.failed).toBe(counts.offered);
    expect(errors).toEqual({ ECONNREFUSED: counts.offered });
    expect(counts.offered).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(counts.offered).toBeLessThanOrEqual(CONNECTIONS * (PLAN.durationMs / 10 + 1));
  });

  it('ends early when stopped, with every answer counted', async () => {
    await using server = await startTruthServer({ behave: () => 'not-found', delayMs: DELAY_MS });
    const stop = new AbortController();
    void server.reached(10).then(() => stop.abort());
    const { counts, durationMs } = await run([server.url], { durationMs: 60_000 }, stop.signal);
    expect(counts.completed).toBe(server.received.length);
    expect(durationMs).toBeLessThan(60_000);
  });
});
