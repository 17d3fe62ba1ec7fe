import { describe, expect, test } from 'vitest';
import type { GeneratorPlan, GeneratorReport, LoadCounts } from '../../load/protocol.ts';
import { LatencyHistogram } from '../../record/histogram.ts';
import { liveLine } from './live-line.ts';
import { DEFAULT_CONNECTIONS, type LoadFlags, loadPlan } from './load-plan.ts';
import { outcomeOf } from './outcome.ts';
import { type LoadSummary, summarise } from './summary.ts';
import { summaryText } from './summary-text.ts';
import { targetUrl } from './target-url.ts';

const TARGET = targetUrl('http://127.0.0.1:4001/items/{item}');
const FLAGS: LoadFlags = { rate: 100, duration: 1_000, timeout: 500, keepAlive: true, seed: 1, maxLag: 10 };
const NOTHING: LoadCounts = { offered: 0, completed: 0, failed: 0, timeout: 0, lost: 0, shed: 0 };

/** Every value from 1 to 1,000 ms once. */
function histogram(count = 1_000): string {
  using values = new LatencyHistogram();
  for (let ms = 1; ms <= count; ms++) values.record(ms * 1e3);
  return values.encode();
}

function summary(changes: Partial<GeneratorReport> = {}, flags = FLAGS, interrupted = false): LoadSummary {
  const plan: GeneratorPlan = loadPlan(TARGET, flags, 1_000);
  const report: GeneratorReport = {
    startedAtUs: 0,
    finishedAtUs: 1e6,
    durationMs: 1_000,
    counts: { ...NOTHING, offered: 1_000, completed: 990, timeout: 10 },
    good: 0,
    outcomes: {},
    statuses: { 200: 980, 404: 10 },
    errors: {},
    maxAgeMs: null,
    neverSent: 4,
    histograms: {
      response: histogram(),
      service: histogram(),
      sendLag: histogram(10),
      pacerLag: histogram(5),
    },
    windows: [],
    cpuUs: 40_000,
    ...changes,
  };
  return summarise(TARGET, plan, report, interrupted);
}

test('requests that met a limit of this machine are no failure of the service, and no result', () => {
  const counts = { ...NOTHING, offered: 1_000, failed: 1_000 };
  const { exitCode, message } = outcomeOf(summary({ counts, statuses: {}, errors: { EMFILE: 936 } }), 10);
  expect(exitCode).toBe(4);
  expect(message).toContain('936 of 1000 requests were never sent (EMFILE)');
  expect(message).toContain('ulimit -n');
});

describe('summarise', () => {
  test('has the counts, the percentiles in ms and the rate of what was completed', () => {
    const found = summary();
    expect(found).toMatchObject({ offered: 1_000, completed: 990, achievedRate: 990, cpuUsPerRequest: 40 });
    const { responseMs } = found;
    const expected = { p50: 500, p75: 750, p90: 900, p99: 990, p999: 999, p9999: 1_000, max: 1_000 };
    for (const [name, ms] of Object.entries(expected)) {
      expect(Math.abs((responseMs[name as keyof typeof responseMs] ?? 0) - ms)).toBeLessThanOrEqual(
        ms / 1_000,
      );
    }
    expect(found.histogram).toBe(histogram());
    expect(found.neverSent).toBe(4);
  });

  test('has nothing where nothing was measured', () => {
    const empty = histogram(0);
    const found = summary({
      counts: NOTHING,
      durationMs: 0,
      histograms: { response: empty, service: empty, sendLag: empty },
    });
    expect(found).toMatchObject({ achievedRate: 0, cpuUsPerRequest: null, pacerLagMs: { p99: null } });
    expect(Object.values(found.responseMs)).toEqual(Array(7).fill(null));
    expect(summaryText(found)).not.toMatch(/NaN|null|undefined|Infinity/);
  });
});

describe('summaryText', () => {
  test('shows the load, every count and the whole spectrum', () => {
    const lines = summaryText(summary()).split('\n');
    expect(lines.slice(0, 9)).toEqual([
      'http://127.0.0.1:4001/items/{item}',
      'open loop, constant arrivals at 100/s, up to 256 connections, keys uniform:1000, 1.0 s, timeout 500ms, seed 1',
      '',
      '  requests   1,000 offered  990 completed  0 failed  10 timeout  0 lost  0 shed',
      '  rate       990/s completed of 100/s',
      '  statuses   200: 980  404: 10',
      '  errors     none',
      '             4 of the timeouts never left: all connections were busy',
      '  generator  40 µs of CPU a request, p99 of its own lag 5.00 ms',
    ]);
    expect(lines[10]?.split(/\s+/)).toEqual(['', 'ms', 'p50', 'p75', 'p90', 'p99', 'p99.9', 'p99.99', 'max']);
    expect(lines.slice(11, 14).map((line) => line.slice(2, 10).trim())).toEqual([
      'response',
      'service',
      'send lag',
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  });

  test('says that no connection serves a second request', () => {
    const text = summaryText(summary({}, { ...FLAGS, keepAlive: false }));
    expect(text).toContain('up to 256 connections, each for one request, keys');
  });

  test('says of a closed load what its latencies hide', () => {
    const { rate: _, ...flags } = FLAGS;
    const text = summaryText(summary({}, { ...flags, closed: true, connections: 8 }));
    expect(text).toContain('closed loop, 8 connections, keys');
    expect(text).toContain('the waits that never began are missing');
    expect(text).not.toContain('send lag');
  });
});

/** Of a generator whose stalls may have made 20 of 1,000 response times so much longer. */
function stalled(byMs: number): GeneratorReport['histograms'] {
  const of = (ms: number) => {
    using values = new LatencyHistogram();
    for (let n = 0; n < 1_000; n++) values.record(n < 20 ? ms * 1e3 : 4e3);
    return values.encode();
  };
  return {
    response: of(5 + byMs),
    onTime: of(5),
    service: of(5),
    sendLag: histogram(1),
    pacerLag: histogram(1),
  };
}

describe('stalls of the generator', () => {
  test('show as a range of the percentiles that they can have moved', () => {
    const found = summary({ histograms: stalled(8) });
    expect(found.doubtful).toEqual(['p99', 'p999', 'p9999', 'max']);
    const lines = summaryText(found).split('\n');
    expect(lines[12]?.split(/\s+/).slice(0, 7)).toEqual(['', 'at', 'least', '4.00', '4.00', '4.00', '5.00']);
    expect(lines.at(-2)).toContain('It matters at p99, p99.9, p99.99, max.');
    expect(summaryText(summary())).not.toContain('at least');
  });

  test('fail a load only when they can have added more than --max-lag to a 99th percentile', () => {
    expect(outcomeOf(summary({ histograms: stalled(9) }), 10).exitCode).toBe(0);
    const { exitCode, message } = outcomeOf(summary({ histograms: stalled(11) }), 10);
    expect(exitCode).toBe(4);
    expect(message).toContain('without its stalls p99 may be 11.0 ms less (--max-lag 10ms)');
  });
});

describe('outcomeOf', () => {
  const failed = { ...NOTHING, offered: 10, failed: 10 };
  test.each([
    ['answers of any status', { statuses: { 500: 1_000 } }, 0, null],
    ['timeouts of a service that was reached', { statuses: {}, neverSent: 0 }, 0, null],
    ['a generator within its budget', { histograms: lag(9) }, 0, null],
    ['a late generator', { histograms: lag(11) }, 4, '--max-lag 10ms'],
    [
      'only broken connections',
      { statuses: {}, counts: failed, errors: { ECONNREFUSED: 10 } },
      3,
      'nothing listens',
    ],
    [
      'an unknown code',
      { statuses: {}, counts: failed, errors: { EWHAT: 9, EOTHER: 1 } },
      3,
      '9 of 10 failed: EWHAT',
    ],
    [
      'no connection at all',
      { statuses: {}, counts: { ...NOTHING, offered: 10, timeout: 10 }, neverSent: 10 },
      3,
      'no connection came about',
    ],
  ] as const)('%s', (_name, changes, exitCode, message) => {
    const outcome = outcomeOf(summary(changes), 10);
    expect(outcome.exitCode).toBe(exitCode);
    if (message === null) expect(outcome.message).toBeNull();
    else expect(outcome.message).toContain(message);
  });

  test('an interrupt comes before everything else', () => {
    expect(outcomeOf(summary({ histograms: lag(11) }, FLAGS, true), 10).exitCode).toBe(130);
  });
});

function lag(ms: number): GeneratorReport['histograms'] {
  using values = new LatencyHistogram();
  values.record(ms * 1e3);
  return { response: histogram(), service: histogram(), sendLag: histogram(), pacerLag: values.encode() };
}

describe('loadPlan', () => {
  test('is open by default, and closed when asked', () => {
    expect(loadPlan(TARGET, FLAGS, 250)).toMatchObject({
      targets: ['http://127.0.0.1:4001'],
      path: '/items/{item}',
      load: { model: 'open', arrivals: 'constant', ratePerSec: 100 },
      maxConnections: DEFAULT_CONNECTIONS,
      windowMs: null,
      progressEveryMs: 250,
    });
    const { rate: _, ...rest } = FLAGS;
    expect(loadPlan(TARGET, { ...rest, closed: true, connections: 3 }, 250).load).toEqual({
      model: 'closed',
      connections: 3,
    });
  });

  test('names everything that is wrong at once', () => {
    const target = targetUrl('http://example.com/');
    const flags: LoadFlags = { ...FLAGS, closed: true, arrivals: 'poisson', keys: { kind: 'hot' } };
    expect(() => loadPlan(target, flags, 250)).toThrow(
      /url: example\.com is not this machine.*--allow-remote\n--keys: .*\n--rate: .*\n--arrivals: .*\n--connections: /,
    );
    const { rate: _, ...rest } = FLAGS;
    expect(() => loadPlan(TARGET, rest, 250)).toThrow('--rate: expected the requests per second');
    expect(loadPlan(target, { ...FLAGS, allowRemote: true }, 250).targets).toEqual(['http://example.com']);
  });
});

test('the live line counts, and says when only answers are waited for', () => {
  const progress = {
    counts: { offered: 6_000, completed: 5_900, failed: 20, timeout: 30, lost: 0, shed: 0 },
    responseP99Us: 1_234,
    interval: { tookMs: 250, completed: 500, responseP50Us: 900 },
  };
  expect(liveLine(progress, 2_950, 10_000)).toBe(
    '3.0 of 10 s  6,000 offered  5,900 completed (2,000/s)  50 on their way  50 errors  p99 1.23 ms',
  );
  expect(liveLine({ ...progress, responseP99Us: null }, 10_100, 10_000)).toBe(
    '10 s over, draining  6,000 offered  5,900 completed (590/s)  50 on their way  50 errors  p99 –',
  );
});
