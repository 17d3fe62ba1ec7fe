import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { type Behaviour, startTruthServer } from '../selfcheck/truth-server.ts';
import { systemClock } from '../time/clock.ts';
import { refusedPort } from './fixtures/refused-port.ts';
import { type OpenPlan, runOpenLoop } from './open-loop.ts';
import type { GeneratorReport } from './protocol.ts';

const PLAN = {
  load: { model: 'open', arrivals: 'constant', ratePerSec: 400 },
  durationMs: 500,
  timeoutMs: 400,
  maxConnections: 64,
  keys: { kind: 'uniform', count: 100 },
  seed: 1,
  windowMs: 100,
} as const satisfies Omit<OpenPlan, 'targets'>;

async function run(
  targets: readonly string[],
  changes: Partial<OpenPlan> = {},
  signal = new AbortController().signal,
  onStarted = (): void => {},
): Promise<GeneratorReport> {
  const report = await runOpenLoop(
    { ...PLAN, targets, ...changes },
    { clock: systemClock, signal, onStarted },
  );
  expectConservation(report);
  return report;
}

function expectConservation({ counts, windows, histograms }: GeneratorReport): void {
  const { offered, completed, failed, timeout, lost, shed } = counts;
  expect(completed + failed + timeout + lost + shed).toBe(offered);
  expect(lost).toBe(0);
  const sum = (of: 'offered' | 'completed' | 'failed' | 'timeout'): number =>
    windows.reduce((total, window) => total + window[of], 0);
  expect([sum('offered'), sum('completed'), sum('failed'), sum('timeout')]).toEqual([
    offered,
    completed,
    failed,
    timeout,
  ]);
  expect(latencies(histograms.response).count).toBe(completed + timeout);
  expect(latencies(histograms.service).count).toBe(completed);
}

interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly maxMs: number;
  /** How many are above so many milliseconds. */
  above(ms: number): number;
}

function latencies(encoded: string): Latencies {
  const histogram = LatencyHistogram.decode(encoded);
  return {
    count: histogram.count,
    p50Ms: (histogram.percentile(50) ?? Number.NaN) / 1e3,
    maxMs: (histogram.max ?? Number.NaN) / 1e3,
    above: (ms) => Math.round((histogram.fractionAbove(ms * 1e3) ?? 0) * histogram.count),
  };
}

/** One misbehaviour in every `every` requests. */
function oneIn(every: number, behaviour: Behaviour): (index: number) => Behaviour {
  return (index) => (index % every === every - 1 ? behaviour : 'ok');
}

describe('runOpenLoop against a server that keeps its own count', () => {
  it('offers what the schedule says, and each request reaches a server exactly once', async () => {
    await using first = await startTruthServer();
    await using second = await startTruthServer();
    const report = await run([first.url, second.url]);
    expect(report.counts).toEqual({ offered: 200, completed: 200, failed: 0, timeout: 0, lost: 0, shed: 0 });
    expect([first.received.length, second.received.length]).toEqual([100, 100]);
    expect(report).toMatchObject({ good: 200, outcomes: { hit: 200 }, statuses: { 200: 200 }, errors: {} });
    expect(report).toMatchObject({ maxAgeMs: 7, neverSent: 0, durationMs: 500 });
    // A pause of the machine at the very end may keep the last ones back; they are not twice in it.
    expect(report.withinStorm?.attempted).toBeGreaterThan(100);
    expect(report.withinStorm?.attempted).toBeLessThanOrEqual(report.withinStorm?.takenUp as number);
    expect(report.withinStorm?.takenUp).toBeLessThanOrEqual(200);
    expect(report.windows.map(({ offered }) => offered)).toEqual([40, 40, 40, 40, 40]);
    expect(report.finishedAtUs).toBeGreaterThan(report.startedAtUs);
    expect(latencies(report.histograms.sendLag).count).toBe(200);
    expect(latencies(report.histograms.pacerLag ?? '').count).toBe(200);
  });

  it('changes its rate with the phases', async () => {
    await using server = await startTruthServer();
    const phases = [{ shape: 'steps', durationMs: 500, ratesPerSec: [200, 600] }] as const;
    const { windows } = await run([server.url], { load: { ...PLAN.load, phases } });
    expect(server.received).toHaveLength(200);
    // The second step begins in the middle of the third window.
    expect(windows.map(({ offered }) => offered)).toEqual([20, 20, 40, 60, 60]);
  });

  it('sends the same keys in the same order for the same seed', async () => {
    await using server = await startTruthServer();
    const plan = { maxConnections: 1, load: { ...PLAN.load, ratePerSec: 200 } };
    await run([server.url], plan);
    const first = server.received.map(({ path }) => path);
    await run([server.url], plan);
    expect(server.received.map(({ path }) => path)).toEqual([...first, ...first]);
  });

  it('keeps a path in the base URL', async () => {
    await using server = await startTruthServer();
    await run([`${server.url}/v1/`], { keys: { kind: 'hot', key: 4 }, durationMs: 50 });
    expect(new Set(server.received.map(({ path }) => path))).toEqual(new Set(['/v1/items/item-4']));
  });

  it('measures a constant delay', async () => {
    await using server = await startTruthServer({ delayMs: 50 });
    const { histograms } = await run([server.url]);
    for (const { p50Ms } of [latencies(histograms.response), latencies(histograms.service)]) {
      expect(p50Ms).toBeGreaterThanOrEqual(49);
      expect(p50Ms).toBeLessThan(100);
    }
  });

  it('counts good answers: 404 for a missing key, and only then', async () => {
    await using missing = await startTruthServer({ behave: () => 'not-found' });
    const report = await run([missing.url], { keys: { kind: 'missing', count: null } });
    expect(report).toMatchObject({ good: 200, statuses: { 404: 200 }, outcomes: { null: 200 } });
    expect(new Set(missing.received.map(({ path }) => path)).size).toBe(200);
    const { good, counts } = await run([missing.url]);
    expect([good, counts.completed]).toEqual([0, 200]);
  });
});

describe('runOpenLoop against faults', () => {
  const broken: Partial<Record<Behaviour, string>> = {
    fin: 'UND_ERR_SOCKET',
    'cut-body': 'UND_ERR_SOCKET',
    rst: 'ECONNRESET',
  };

  it.each(['fin', 'rst', 'cut-body'] as const)('fails each request that meets %s', async (behaviour) => {
    await using server = await startTruthServer({ behave: oneIn(10, behaviour), delayMs: 20 });
    const { counts, errors, histograms } = await run([server.url]);
    expect(server.received).toHaveLength(200);
    expect(counts).toMatchObject({ offered: 200, completed: 180, failed: 20, timeout: 0 });
    expect(errors).toEqual({ [broken[behaviour] as string]: server.count(behaviour) });
    // An answer that is taken for another request's would be shorter than any real one.
    expect(latencies(histograms.service).above(19)).toBe(180);
    expect(latencies(histograms.service).p50Ms).toBeLessThan(60);
  });

  it.each(['hang', 'hang-body'] as const)('times out each request that meets %s', async (behaviour) => {
    await using server = await startTruthServer({ behave: oneIn(10, behaviour), delayMs: 20 });
    const { counts, histograms, statuses } = await run([server.url]);
    expect(server.received).toHaveLength(200);
    expect(counts).toMatchObject({ offered: 200, completed: 180, failed: 0, timeout: 20 });
    expect(statuses).toEqual({ 200: 180 });
    const response = latencies(histograms.response);
    expect(response.above(PLAN.timeoutMs - 1)).toBe(20);
    expect(response.maxMs).toBeLessThan(PLAN.timeoutMs * 1.002);
    expect(latencies(histograms.service).maxMs).toBeLessThan(PLAN.timeoutMs);
  });

  it('completes answers with Connection: close and slow headers', async () => {
    const cycle: Behaviour[] = ['ok', 'close', 'slow-headers'];
    await using server = await startTruthServer({ behave: (index) => cycle[index % 3] as Behaviour });
    const { counts, good } = await run([server.url]);
    expect([server.received.length, counts.completed, good]).toEqual([200, 200, 200]);
  });

  it('tells 5xx from refusals', async () => {
    const cycle: Behaviour[] = ['ok', 'error', 'shed', 'ok'];
    await using server = await startTruthServer({ behave: (index) => cycle[index % 4] as Behaviour });
    const { counts, statuses, outcomes, errors } = await run([server.url]);
    expect(counts).toMatchObject({ completed: 100, failed: 50, shed: 50 });
    expect(statuses).toEqual({ 200: 100, 500: 50, 503: 50 });
    expect([outcomes, errors]).toEqual([{ hit: 100, shed: 50 }, {}]);
  });

  it('fails a refused connection once per request, without trying again', async () => {
    const port = await refusedPort();
    for (const maxConnections of [64, 1]) {
      const { counts, errors, withinStorm } = await run([`http://127.0.0.1:${port}`], {
        load: { ...PLAN.load, ratePerSec: 2_000 },
        maxConnections,
      });
      expect(counts).toMatchObject({ offered: 1_000, failed: 1_000 });
      expect(errors).toEqual({ ECONNREFUSED: 1_000 });
      // None waited for a connection: each was refused one.
      expect(withinStorm?.attempted).toBeGreaterThan(500);
    }
  });

  it('survives all of them together, with few connections', async () => {
    const cycle: Behaviour[] = [
      'ok',
      'fin',
      'hang',
      'ok',
      'rst',
      'close',
      'cut-body',
      'ok',
      'error',
      'hang-body',
    ];
    await using server = await startTruthServer({
      behave: (index) => cycle[index % cycle.length] as Behaviour,
    });
    const { counts, neverSent } = await run([server.url], {
      maxConnections: 8,
      timeoutMs: 100,
      load: { ...PLAN.load, arrivals: 'poisson' },
    });
    expect(server.received).toHaveLength(counts.offered - (neverSent ?? 0));
    // An expired one may be answered in the moment of its deadline, so bounds instead of equality here.
    expect(counts.failed).toBeLessThanOrEqual(server.count('fin', 'rst', 'cut-body', 'error'));
    expect(counts.completed).toBeLessThanOrEqual(server.count('ok', 'close'));
    expect(counts.timeout).toBeGreaterThanOrEqual(server.count('hang', 'hang-body') + (neverSent ?? 0));
  });

  it('shows a stall in response times and not in the service times of those that waited', async () => {
    const connections = 4;
    // The first 40 are quick; the next four hold all connections.
    const stalled = (index: number): boolean => index >= 40 && index < 40 + connections;
    await using server = await startTruthServer({ delayMs: (index) => (stalled(index) ? 300 : 0) });
    const { counts, histograms } = await run([server.url], { maxConnections: connections, timeoutMs: 2_000 });
    expect(counts).toMatchObject({ offered: 200, completed: 200 });
    expect(latencies(histograms.service).above(200)).toBe(connections);
    // At 400/s some 40 come within the first 100 ms of the stall, and wait 200 ms or more.
    expect(latencies(histograms.response).above(150)).toBeGreaterThan(connections + 20);
    expect(latencies(histograms.sendLag).above(150)).toBeGreaterThan(20);
    expect(latencies(histograms.pacerLag ?? '').above(150)).toBe(0);
  });

  it('tells a stall of its own from one of the service', async () => {
    await using server = await startTruthServer({});
    const block = () => {
      const untilUs = systemClock.nowUs() + 100_000;
      while (systemClock.nowUs() < untilUs);
    };
    const { counts, histograms } = await run([server.url], {}, undefined, () => setTimeout(block, 100));
    expect(counts.completed).toBe(200);
    // At 400/s some 40 fall due in 100 ms, half of them more than 50 ms before its end.
    const late = latencies(histograms.response).above(50);
    expect(late).toBeGreaterThanOrEqual(19);
    expect(latencies(histograms.onTime ?? '').above(50)).toBeLessThan(late / 2);
  });

  it('never sends a request whose deadline passed while it waited for a connection', async () => {
    await using server = await startTruthServer({ behave: () => 'hang' });
    const { counts, neverSent, withinStorm } = await run([server.url], {
      maxConnections: 1,
      timeoutMs: 100,
      load: { model: 'open', arrivals: 'poisson', ratePerSec: 2_000 },
    });
    expect(counts).toMatchObject({ timeout: counts.offered, completed: 0, failed: 0 });
    // Those that run out in the same tick as the one before them find no connection free in between.
    expect(neverSent).toBeGreaterThan(0);
    expect(withinStorm?.takenUp).toBeGreaterThan(withinStorm?.attempted as number);
    expect(server.received).toHaveLength(counts.offered - (neverSent as number));
  });

  it('counts an answer after its deadline once, and takes the connection back', async () => {
    const connections = 4;
    await using server = await startTruthServer({ delayMs: (index) => (index < connections ? 200 : 0) });
    const { counts } = await run([server.url], { maxConnections: connections, timeoutMs: 100 });
    expect(counts.offered).toBe(200);
    expect(counts.timeout).toBeGreaterThanOrEqual(connections);
    expect(counts.completed).toBeGreaterThan(100);
  });

  it('settles every request to a frozen server, and measures well again after it thaws', async () => {
    const child = fork(fileURLToPath(new URL('./fixtures/truth-server-main.ts', import.meta.url)), {
      execArgv: [],
    });
    try {
      const [{ url }] = (await once(child, 'message')) as [{ url: string }];
      const freezing = once(child, 'message').then(async () => {
        child.kill('SIGSTOP');
        await systemClock.sleep(500);
        child.kill('SIGCONT');
      });
      const { counts, neverSent, errors, windows, histograms } = await run([url], {
        durationMs: 1_500,
        timeoutMs: 200,
        keys: { kind: 'missing', count: null },
      });
      await freezing;
      child.send('log');
      const [{ received }] = (await once(child, 'message')) as [{ received: string[] }];
      expect(new Set(received).size).toBe(received.length);
      expect(received.length).toBeLessThanOrEqual(counts.offered - (neverSent as number));
      expect(received.length).toBeGreaterThanOrEqual(counts.completed);
      expect(errors).toEqual({});
      // 500 ms frozen less the deadline: those of at least 200 ms must have run out, at 400/s.
      expect(counts.timeout).toBeGreaterThan(80);
      expect(latencies(histograms.response).maxMs).toBeLessThan(201);
      const last = windows.at(-1);
      expect(last).toMatchObject({ timeout: 0, completed: last?.offered });
      expect(latencies(last?.responseHistogram ?? '').p50Ms).toBeLessThan(100);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('runOpenLoop stopped early', () => {
  it('offers no more, waits for what is on its way, and accounts for it', async () => {
    await using server = await startTruthServer({ delayMs: 100 });
    const stop = new AbortController();
    void server.reached(50).then(() => stop.abort());
    const report = await run([server.url], { durationMs: 60_000 }, stop.signal);
    expect(report.counts.completed).toBe(server.received.length);
    expect(report.counts.offered).toBe(server.received.length);
    expect(report.durationMs).toBeLessThan(60_000);
    expect(report.windows.length).toBe(Math.ceil(report.durationMs / PLAN.windowMs));
  });
});
