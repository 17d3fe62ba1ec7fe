#!/usr/bin/env node
/**
 * `npm run peers [-- --write] [--json] [--repeats N] [--seed N]`: cachestorm load beside other load tools, held to
 * what the servers log. Prints tables; `--json` prints every run instead, `--write` writes docs/peers.md as well.
 *
 * The design of the measurement is told in harness/peers/compare.ts. Linux only: CPU time comes from /proc.
 *
 * Exit codes: 0 done; 2 wrong usage; 3 a tool that is there could not be measured, or a server was lost;
 * 130 interrupted. Tools that are missing are named, and no failure.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startStack } from '../../../infra/stack.ts';
import { comparePeers } from '../../peers/compare.ts';
import { findTools } from '../../peers/found-tool.ts';
import { loadCases } from '../../peers/load-case.ts';
import type { Run } from '../../peers/measure.ts';
import { tools } from '../../peers/registry.ts';
import { summariseCase } from '../../peers/summary.ts';
import { measureNoise } from '../../probes/noise.ts';
import { programProvenance } from '../../result/provenance.ts';
import { systemClock } from '../../time/clock.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithStarters, listenForInterrupts } from '../interrupts.ts';
import { writeMishap } from '../progress.ts';
import { findings } from './findings.ts';
import { busyWarning, type Comparison, peersPage } from './page.ts';
import { failureLines, latencyTable, loadTable, textTable } from './tables.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../docs/peers.md', import.meta.url));
const NOISE_MS = 500;
const MAX_REPEATS = 20;

interface Arguments {
  readonly json: boolean;
  readonly write: boolean;
  readonly repeats: number;
  readonly seed: number;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);
endWithStarters();
const chosen = readArguments();
if (chosen === null) process.exitCode = exitCodes.usage;
else if (process.platform !== 'linux') {
  say('peers: CPU times are read from /proc, which only Linux has');
  process.exitCode = exitCodes.infrastructure;
} else await main(chosen);

function readArguments(): Arguments | null {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        repeats: { type: 'string', default: '3' },
        seed: { type: 'string', default: '1' },
      },
    });
    const [repeats, seed] = [Number(values.repeats), Number(values.seed)];
    if (!Number.isInteger(repeats) || repeats < 1 || repeats > MAX_REPEATS) {
      throw new TypeError(`--repeats ${values.repeats}: expected a whole number from 1 to ${MAX_REPEATS}`);
    }
    if (!Number.isInteger(seed)) throw new TypeError(`--seed ${values.seed}: expected a whole number`);
    return { json: values.json, write: values.write, repeats, seed };
  } catch (error) {
    say(`peers: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/**
 * 1. Look which tools there are.
 * 2. Measure, under a guardian: nothing outlives this process, in whatever way it ends.
 * 3. Print, and write the page.
 */
async function main({ json, write, repeats, seed }: Arguments): Promise<void> {
  const interrupts = listenForInterrupts(systemClock);
  const { signal } = interrupts;
  try {
    const known = tools(MAIN);
    const found = await findTools(known);
    const startedAt = new Date(systemClock.wallMs()).toISOString();
    const loadAverage = loadavg()[0] ?? 0;
    const noise = [measureNoise(systemClock, NOISE_MS)];
    const runs = await measureAll(found.found, { repeats, seed, signal });
    noise.push(measureNoise(systemClock, NOISE_MS));
    const names = known.map(({ name }) => name);
    const cases = loadCases.map((loadCase) => summariseCase(loadCase, names, runs));
    const holdsRate = (name: string) => known.find((tool) => tool.name === name)?.holdsRate ?? false;
    const comparison: Comparison = {
      ...{ provenance: await programProvenance(), startedAt, repeats, seed, noise, loadAverage },
      ...{ tools: found, cases, findings: findings(cases, known[0].name, holdsRate) },
    };
    process.stdout.write(
      json ? `${JSON.stringify(rawNumbers(comparison, runs), null, 2)}\n` : text(comparison),
    );
    if (write) await writeFile(PAGE, peersPage(comparison));
    const warning = busyWarning(comparison);
    if (warning !== null) say(`peers: ${warning}`);
    if (runs.some(({ status }) => status === 'failed')) process.exitCode = exitCodes.infrastructure;
  } catch (error) {
    if (!signal.aborted) throw error;
    say('peers: interrupted');
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupts.close();
  }
}

async function measureAll(
  found: Awaited<ReturnType<typeof findTools>>['found'],
  {
    repeats,
    seed,
    signal,
  }: { readonly repeats: number; readonly seed: number; readonly signal: AbortSignal },
): Promise<readonly Run[]> {
  const runId = `peers-${randomBytes(4).toString('hex')}`;
  await using stack = await startStack({ runId, signal, backends: [], onEvent: writeMishap });
  const turns = repeats * loadCases.length * found.length;
  let done = 0;
  return await comparePeers({
    ...{ tools: found, loadCases, repeats, seed, clock: systemClock, signal },
    site: {
      env: { ...process.env, ...stack.marker },
      onProcess: (group) => stack.guardian.watch(group),
    },
    onRun(run) {
      done++;
      const outcome = run.status === 'failed' ? `failed: ${run.reason}` : 'measured';
      say(`${done} of ${turns}  ${run.loadCase}  ${run.tool}  ${outcome}`);
    },
  });
}

function text({ cases, tools: { missing }, findings: { worse, better } }: Comparison): string {
  const sections = cases.map((summary) => {
    const { name, shows, ratePerSec, durationSec } = summary.loadCase;
    return [
      `${name}: ${shows}; ${ratePerSec.toLocaleString('en-US')}/s for ${durationSec} s\n\n`,
      textTable(loadTable(summary, missing)),
      '\n',
      textTable(latencyTable(summary)),
      ...failureLines(summary).map((line) => `  ${line}\n`),
    ].join('');
  });
  const list = (title: string, lines: readonly string[]): string =>
    `${title}\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  return [
    ...sections,
    list('where cachestorm is worse:', worse),
    list('where it is better:', better),
    missing.map(({ name, remedy }) => `${name} is not on the PATH: ${remedy}\n`).join(''),
  ].join('\n');
}

function rawNumbers({ tools: { found, missing }, ...rest }: Comparison, runs: readonly Run[]) {
  return {
    ...rest,
    tools: found.map(({ tool: { name }, version }) => ({ name, version })),
    missing: missing.map(({ name, remedy }) => ({ name, remedy })),
    runs,
  };
}
