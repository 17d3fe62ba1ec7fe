/** What is said of the numbers: tables, findings, the page. */
import { expect, it } from 'vitest';
import { loadCases } from '../../peers/load-case.ts';
import type { MeasuredRun, Run } from '../../peers/measure.ts';
import type { Percentiles } from '../../peers/percentiles.ts';
import { tools } from '../../peers/registry.ts';
import { summariseCase } from '../../peers/summary.ts';
import { findings } from './findings.ts';
import { type Comparison, peersPage } from './page.ts';
import { latencyTable, loadTable, markdownTable, textTable } from './tables.ts';

const [ours, autocannon, wrk, wrk2, k6] = tools('/repository/main.ts');
if (!autocannon || !wrk || !wrk2 || !k6) throw new Error('a tool is missing');
const NAMES = [ours.name, autocannon.name, wrk.name];

interface Figures {
  readonly cpuUs: number;
  readonly deliveredPerSec: number;
  readonly latencyMs: Percentiles;
}

/** Two repeats, the second half above the first. */
function runsOf(tool: string, { cpuUs, deliveredPerSec, latencyMs }: Figures): Run[] {
  const once = (repeat: number, factor: number): MeasuredRun => ({
    ...{ status: 'measured', tool, loadCase: 'stall', repeat, asked: tool === 'wrk' ? 'no rate' : '500/s' },
    reading: { latencyMs: { ...latencyMs, p90: latencyMs.p90 * factor }, answers: 1, errors: 0 },
    truth: {
      latencyMs: { p50: 10, p90: 400, p99: 1_000, max: 1_010 },
      ...{ requests: 1, deliveredPerSec, busiestTenth: 500 },
    },
    cpuUsPerRequest: cpuUs * factor,
    cpuMsInAll: 1,
  });
  return [once(0, 1), once(1, 1.5)];
}

const stall = loadCases.find(({ name }) => name === 'stall');
if (stall === undefined) throw new Error('there is no stall');
const SUMMARY = summariseCase(stall, NAMES, [
  ...runsOf('cachestorm', {
    cpuUs: 40,
    deliveredPerSec: 500,
    latencyMs: { p50: 11, p90: 400, p99: 1_000, max: 1_011 },
  }),
  ...runsOf('autocannon', {
    cpuUs: 20,
    deliveredPerSec: 430,
    latencyMs: { p50: 200, p90: 800, p99: 990, max: 1_010 },
  }),
  ...runsOf('wrk', {
    cpuUs: 50,
    deliveredPerSec: 380,
    latencyMs: { p50: 10.5, p90: 11, p99: 12, max: 1_020 },
  }),
  { status: 'failed', tool: 'wrk', loadCase: 'stall', repeat: 2, reason: 'it sent no request' },
]);
const FOUND = findings([SUMMARY], 'cachestorm', (tool) => tool !== 'wrk');

it('has a row for every tool, also for those that are missing', () => {
  expect(loadTable(SUMMARY, [wrk2]).rows).toEqual([
    ['cachestorm', '500/s', '500', '–', '50 (40–60)', '1'],
    ['autocannon', '500/s', '430', '–', '25 (20–30)', '0.500'],
    ['wrk', 'no rate', '380', '–', '62.5 (50–75)', '1.25'],
    ['wrk2', 'not on the PATH', '–', '–', '–', '–'],
  ]);
});

it('shows readings with their errors: of the truth, or in milliseconds where that is nothing', () => {
  const rows = latencyTable(SUMMARY).rows;
  expect(rows[0]).toEqual(['truth', '10', '400', '1,000', '1,010']);
  expect(rows[3]).toEqual(['wrk', '10.5 +5.0%', '13.8 (11–16.5) −97%', '12 −99%', '1,020 +1.0%']);
  const still = latencyTable({ ...SUMMARY, truthMs: { ...SUMMARY.truthMs, p50: 0.0004 } });
  expect(still.rows[3]?.[1]).toBe('10.5 +0.50 ms');
});

it('says where ours is worse as well as where it is better, and nothing of what overlaps', () => {
  expect(FOUND.worse).toEqual([
    '`stall`, against autocannon: it uses 0.500 times our CPU for a request; its max is 0.0% off, ours +0.1%',
    '`stall`, against wrk: its p50 is +5.0% off, ours +10%',
  ]);
  expect(FOUND.better[0]).toContain('it delivers 430/s, we 500/s; its p50 is +1,900% off, ours +10%');
  // p99 of 12 for 1,000; the rate is not held against a tool that has none.
  expect(FOUND.better[1]).toContain('its p99 is −99% off, ours');
  expect(FOUND.better[1]).not.toContain('delivers');
});

it('tells nothing of medians whose ranges meet', () => {
  const [own, peer] = SUMMARY.tools;
  if (own === undefined || peer === undefined) throw new Error('a summary is missing');
  const meeting = { ...peer.latency.p50, errorMs: { median: 0.5, low: -1, high: 0.5 } };
  const near = { ...peer, latency: { ...peer.latency, p50: meeting } };
  const { worse, better } = findings([{ ...SUMMARY, tools: [own, near] }], 'cachestorm', () => true);
  expect([...worse, ...better].join()).not.toContain('p50');
});

it('writes a page with everything that is needed to run it again', () => {
  const comparison: Comparison = {
    provenance: {
      cachestorm: '0.1.0',
      git: { revision: '0123456789abcdef', dirty: false },
      node: 'v24.21.0',
      host: {
        cpuModel: 'Some CPU',
        cpus: 2,
        memoryBytes: 2 ** 33,
        platform: 'linux',
        kernel: '6.1.2-secret-host',
      },
      packages: { undici: '8.12.4', autocannon: '9.0.0' },
    },
    ...{ startedAt: '2026-11-22T16:00:00.000Z', repeats: 2, seed: 7, loadAverage: 0.1 },
    noise: [
      { lostShare: 0.01, worstGapMs: 1 },
      { lostShare: 0.02, worstGapMs: 1 },
    ],
    tools: { found: [{ tool: ours, program: ['node'], version: '0.1.0' }], missing: [wrk2, k6] },
    cases: [SUMMARY],
    findings: FOUND,
  };
  const page = peersPage(comparison);
  for (const part of [
    'npm run peers -- --write --repeats 2 --seed 7',
    'revision 0123456789ab;',
    '2 × Some CPU, 8 GiB',
    'kernel 6.1.2, Node v24.21.0',
    '2026-11-22',
    'at most 2% of a core',
    '- wrk failed: it sent no request',
    '- **wrk2**, not on the PATH (',
    markdownTable(loadTable(SUMMARY, [wrk2, k6])),
    markdownTable(latencyTable(SUMMARY)),
    ...FOUND.worse,
  ]) {
    expect(page).toContain(part);
  }
  expect(page).not.toContain('secret-host');
  expect(page).not.toContain('Not to be quoted');
  for (const busy of [{ loadAverage: 2 }, { noise: [{ lostShare: 0.3, worstGapMs: 9 }] }]) {
    expect(peersPage({ ...comparison, ...busy })).toContain('> **Not to be quoted.** The machine was busy');
  }
  expect(page).not.toMatch(/undefined|NaN|null\b(?!`)/);
});

it('prints columns that stand below each other', () => {
  const lines = textTable(loadTable(SUMMARY, [wrk2]))
    .trimEnd()
    .split('\n');
  const column = lines[0]?.indexOf('delivered');
  expect(lines.map((line) => line[(column ?? 0) - 1])).toEqual(Array(5).fill(' '));
  expect(lines.map((line) => line[column ?? 0])).toEqual(['d', '5', '4', '3', '–']);
});
