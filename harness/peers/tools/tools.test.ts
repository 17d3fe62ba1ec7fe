/** Every tool's output is understood: captured ones of those that were at hand, documented ones of the others. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type LoadCase, RATE_CONNECTIONS } from '../load-case.ts';
import { tools } from '../registry.ts';
import type { Tool } from '../tool.ts';

const all = tools('/repository/main.ts');
const URL_ = 'http://127.0.0.1:4000';
const CASE: LoadCase = {
  name: 'test',
  shows: 'nothing',
  ratePerSec: 1_000,
  durationSec: 4,
  delayMs: 10,
  inFlight: 100,
  closedConnections: 10,
};

function toolNamed(name: string): Tool {
  const found = all.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`there is no tool ${name}`);
  return found;
}

function captured(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.out`, import.meta.url), 'utf8');
}

describe('captured', () => {
  it('cachestorm', () => {
    expect(toolNamed('cachestorm').read(captured('cachestorm'))).toEqual({
      latencyMs: { p50: 10.879, p90: 11.735, p99: 12.423, max: 13.311 },
      answers: 200,
      errors: 0,
    });
  });

  it('cachestorm, with errors of every kind', () => {
    const output = {
      ...JSON.parse(captured('cachestorm')),
      ...{ statuses: { 200: 150, 500: 40 }, errors: { ECONNRESET: 4, EPIPE: 1 }, timeout: 3, lost: 2 },
    };
    const { answers, errors } = toolNamed('cachestorm').read(JSON.stringify(output));
    expect([answers, errors]).toEqual([190, 10]);
  });

  it('autocannon, with errors', () => {
    expect(toolNamed('autocannon').read(captured('autocannon'))).toEqual({
      latencyMs: { p50: 80, p90: 734, p99: 882, max: 902 },
      answers: 392,
      errors: 8,
    });
  });

  it('wrk', () => {
    expect(toolNamed('wrk').read(captured('wrk'))).toEqual({
      latencyMs: { p50: 10.53, p90: 10.75, p99: 11.28, max: 12.92 },
      answers: 1_911,
      errors: 0,
    });
  });

  it('wrk, in seconds and with errors', () => {
    expect(toolNamed('wrk').read(captured('wrk-errors'))).toEqual({
      latencyMs: { p50: 5.46, p90: 611.72, p99: 972.65, max: 1_010 },
      answers: 1_467,
      errors: 30,
    });
  });

  it.each([
    ['67.00us', 0.067],
    ['  1.02s ', 1_020],
    ['  1.50m ', 90_000],
  ])('wrk, in other units: %s', (printed, ms) => {
    const output = captured('wrk').replace('10.53ms', printed);
    expect(toolNamed('wrk').read(output).latencyMs.p50).toBeCloseTo(ms, 9);
  });
});

describe('documented', () => {
  it('wrk2', () => {
    const output = `Running 4s test @ http://127.0.0.1:4000
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    11.20ms    1.21ms  21.09ms   71.00%
    Req/Sec       -nan      -nan   0.00      0.00%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%   11.14ms
 75.000%   11.80ms
 90.000%   12.43ms
 99.000%   14.01ms
 99.900%   19.97ms
 99.990%   21.10ms
 99.999%   21.10ms
100.000%   1.01s 

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

      10.031     0.000000            1         1.00
----------------------------------------------------------
  3956 requests in 4.21s, 266.57KB read
  Socket errors: connect 0, read 1, write 0, timeout 2
Requests/sec:    939.67
Transfer/sec:     63.32KB
`;
    expect(toolNamed('wrk2').read(output)).toEqual({
      latencyMs: { p50: 11.14, p90: 12.43, p99: 14.01, max: 1_010 },
      answers: 3_956,
      errors: 3,
    });
  });

  it('k6', () => {
    const trend = (values: object) => ({ type: 'trend', contains: 'time', values });
    const counter = (count: number) => ({ type: 'counter', contains: 'default', values: { count, rate: 1 } });
    const summary = {
      root_group: { name: '', path: '', id: 'd41d', groups: [], checks: [] },
      state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 4_010 },
      metrics: {
        http_req_duration: trend({ med: 10.4, 'p(90)': 11.2, 'p(99)': 12.9, max: 30.25 }),
        http_reqs: counter(3_990),
        http_req_failed: {
          type: 'rate',
          contains: 'default',
          values: { rate: 0.001, passes: 4, fails: 3_986 },
        },
        dropped_iterations: counter(11),
      },
    };
    const { dropped_iterations: _, ...undropped } = summary.metrics;
    const latencyMs = { p50: 10.4, p90: 11.2, p99: 12.9, max: 30.25 };
    const k6 = toolNamed('k6');
    expect(k6.read(JSON.stringify(summary))).toEqual({ latencyMs, answers: 3_986, errors: 15 });
    expect(k6.read(`\n${JSON.stringify({ metrics: undropped })}\n`)).toEqual({
      latencyMs,
      answers: 3_986,
      errors: 4,
    });
  });
});

it.each(all)('$name refuses what it does not understand', (tool) => {
  for (const output of ['', 'Segmentation fault', '{"latency":{}}', captured('wrk').replace('99%', '98%')]) {
    expect(() => tool.read(output)).toThrow(expect.objectContaining({ code: 'E_TOOL_OUTPUT' }));
  }
});

it.each([
  ['cachestorm', '0.1.0\n', '0.1.0'],
  ['autocannon', 'autocannon v9.0.0\nnode v24.21.0\n', '9.0.0'],
  ['wrk', 'wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012 Will Glozer\n', 'debian/4.1.0-3+b2'],
  ['wrk2', 'wrk 4.0.0 [epoll] Copyright (C) 2012 Will Glozer\n', '4.0.0'],
  ['k6', 'k6 v2.2.0 (commit/0a9287d438, go1.26, linux/amd64)\n', '2.2.0'],
])('%s tells its version', (name, output, version) => {
  expect(toolNamed(name).version.exec(output)?.[1]).toBe(version);
});

describe('asked for the case', () => {
  it.each(all)('$name: for its rate if it holds one, and nowhere else', (tool) => {
    const { args, input = '', asked } = tool.command(URL_, CASE);
    const said = [...args, input].join(' ');
    expect(said).toContain(URL_);
    expect(said).toContain('4');
    expect(said.includes('1000')).toBe(tool.holdsRate);
    expect(asked).toBe(tool.holdsRate ? '1,000/s' : 'no rate: 10 connections');
  });

  it('k6 by a script, which reports to nobody', () => {
    const { args, env, input = '' } = toolNamed('k6').command(URL_, CASE);
    expect(args.at(-1)).toBe('-');
    expect(env).toEqual({ K6_NO_USAGE_REPORT: 'true' });
    const [, options = ''] = /^export const options = (.*);$/m.exec(input) ?? [];
    expect(JSON.parse(options).scenarios.peers).toEqual({
      ...{ executor: 'constant-arrival-rate', rate: 1_000, timeUnit: '1s', duration: '4s' },
      ...{ preAllocatedVUs: 100, maxVUs: 100 },
    });
  });

  it('those that divide a rate get connections to divide it among', () => {
    for (const name of ['autocannon', 'wrk2']) {
      expect(toolNamed(name).command(URL_, CASE).args).toContain(String(RATE_CONNECTIONS));
    }
  });
});
