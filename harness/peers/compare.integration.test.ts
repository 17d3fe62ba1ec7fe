/** Real tools on a real server, at a low rate: what was counted. How late they were is another matter. */
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { comparePeers } from './compare.ts';
import { type FoundTool, findTools } from './found-tool.ts';
import type { LoadCase } from './load-case.ts';
import type { MeasuredRun, Run } from './measure.ts';
import { tools } from './registry.ts';
import type { Tool } from './tool.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const [ours, autocannon] = tools(MAIN) as [Tool, Tool, ...Tool[]];

const STALL: LoadCase = {
  name: 'short-stall',
  shows: 'the server stops for 0.3 s of 1 s',
  ratePerSec: 200,
  durationSec: 1,
  delayMs: 10,
  freeze: { fromMs: 300, freezeMs: 300 },
  inFlight: 100,
  closedConnections: 1,
};

const { freeze: _, ...STEADY } = STALL;
const never = new AbortController().signal;

async function compare(
  found: readonly FoundTool[],
  loadCase: LoadCase,
  signal: AbortSignal,
): Promise<readonly Run[]> {
  const told: Run[] = [];
  const runs = await comparePeers({
    ...{ tools: found, loadCases: [loadCase], repeats: 1, seed: 1, clock: systemClock, signal },
    site: { env: process.env, onProcess: (group) => groups.push(group) },
    onRun: (run) => told.push(run),
  });
  expect(told).toEqual(runs);
  return runs;
}

const groups: number[] = [];
function groupsAlive(): number[] {
  return groups.filter((group) => {
    try {
      return process.kill(-group, 0);
    } catch {
      return false;
    }
  });
}

/** What a test that failed has left. */
afterAll(() => {
  for (const group of groupsAlive()) process.kill(-group, 'SIGKILL');
});

/** A program of Node in the place of a tool. */
function like(name: string, code: (url: string) => string): FoundTool {
  return {
    tool: { ...autocannon, name, command: (url) => ({ args: ['-e', code(url)], asked: '' }) },
    program: [process.execPath],
    version: null,
  };
}

function measuredBy(tool: Tool, runs: readonly Run[]): MeasuredRun {
  const run = runs.find((each) => each.tool === tool.name);
  if (run?.status !== 'measured') throw new Error(`${tool.name}: ${run?.reason}`);
  return run;
}

it('holds ours and autocannon to what the server counted', async () => {
  const { found, missing } = await findTools([ours, autocannon]);
  expect(missing).toEqual([]);
  expect(found.map(({ version }) => version)).toEqual([expect.any(String), '9.0.0']);
  const runs = await compare(found, STALL, never);
  expect(runs).toHaveLength(2);

  const own = measuredBy(ours, runs);
  expect(own.asked).toBe('200/s');
  expect(own.truth.requests).toBe(200);
  expect(own.reading).toMatchObject({ answers: 200, errors: 0 });
  const theirs = measuredBy(autocannon, runs);
  expect(theirs.reading.answers).toBeLessThanOrEqual(theirs.truth.requests);

  for (const { truth, cpuMsInAll } of [own, theirs]) {
    // The server stood still for that long, whoever asked it.
    expect(truth.latencyMs.max).toBeGreaterThan(300);
    expect(cpuMsInAll).toBeGreaterThan(0);
  }
  expect(groupsAlive()).toEqual([]);
});

it('tells of tools that fail, say nothing or are not understood, and goes on', async () => {
  const found = [
    like('broken', () => 'console.error("no such option"); process.exitCode = 3'),
    like('silent', () => ''),
    like('garbled', (url) => `fetch('${url}').then(() => console.log('done'))`),
  ];
  const runs = await compare(found, STEADY, never);
  const reasons = Object.fromEntries(
    runs.map((run) => [run.tool, run.status === 'failed' ? run.reason : null]),
  );
  expect(reasons).toEqual({
    broken: 'it ended with exit code 3: no such option',
    silent: 'it sent no request',
    garbled: expect.stringContaining('expected a JSON object of its own shape in its output, got "done'),
  });
  expect(groupsAlive()).toEqual([]);
});

it('ends at once when it is interrupted, and leaves nobody', async () => {
  // It would go on for ever, also without a server.
  const found = [like('endless', () => 'setInterval(() => {}, 1e3)')];
  const stop = new AbortController();
  const before = groups.length;
  const over = expect(compare(found, STEADY, stop.signal)).rejects.toThrow('enough');
  // The server, the generator that warms it up, the tool.
  await expect.poll(() => groups.length - before, { timeout: 15_000 }).toBe(3);
  stop.abort(new Error('enough'));
  await over;
  await expect.poll(groupsAlive, { timeout: 5_000 }).toEqual([]);
});
