import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, resultSchema, type ScenarioResult } from '../../../harness/result/schema.ts';
import type { RankedRun } from './judge.ts';

const MAIN = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));
const SEED_FOLDER = /^seed-(\d+)$/;

/** What is run for each seed; all runs of a folder have to be alike in it. */
export interface Measurement {
  readonly profile: string;
  /** `null`: the profile's. */
  readonly rounds: number | null;
}

/** A result that may be judged. */
export interface Collected extends RankedRun {
  /** The scenario as it was run, every default filled in. */
  readonly settings: string;
  readonly revision: string;
  /** Strategies whose verdict is inconclusive, for a void trial or a bound that could not be told. */
  readonly doubtful: readonly string[];
}

/**
 * Runs a scenario, without its variants, if the folder does not hold it yet. Each has a folder of its own, so that
 * hours of measuring can be interrupted and taken up again: `<into>/seed-3/breakdown/result.json`. What was
 * interrupted is run anew.
 *
 * @returns whether it was run
 * @throws Error when the folder holds it measured otherwise, or when the run could not be made
 */
export async function runMissing(
  into: string,
  seed: number,
  scenario: string,
  measurement: Measurement,
): Promise<boolean> {
  if ((await completeRun(into, seed, scenario, measurement)) !== null) return false;
  const { profile, rounds } = measurement;
  const args = ['run', scenario, '--profile', profile, '--strategy', 'all', '--variants', 'none'];
  if (rounds !== null) args.push('--rounds', String(rounds));
  args.push('--force', '--seed', String(seed), '--out', folderOf(into, seed, scenario));
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  // 1: a bound was broken. 4: something is in doubt. What was counted stands, and the proof names the doubts.
  if (code !== 0 && code !== 1 && code !== 4)
    throw new Error(`${scenario} with seed ${seed} ended with ${signal ?? `exit code ${code}`}`);
  if ((await completeRun(into, seed, scenario, measurement)) === null)
    throw new Error(`${scenario} with seed ${seed} left no complete result`);
  return true;
}

/**
 * All complete results of a scenario in the folder, by seed; none where it is not there yet.
 *
 * @throws Error when one was measured otherwise
 */
export async function collect(
  into: string,
  scenario: string,
  measurement: Measurement,
): Promise<readonly Collected[]> {
  const names = await readdir(into).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const seeds = names.flatMap((name) => SEED_FOLDER.exec(name)?.[1] ?? []).map(Number);
  const found = await Promise.all(
    seeds.toSorted((a, b) => a - b).map((seed) => completeRun(into, seed, scenario, measurement)),
  );
  return found.filter((run) => run !== null);
}

function folderOf(into: string, seed: number, scenario: string): string {
  return join(into, `seed-${seed}`, scenario);
}

/** `null` when there is none yet, or one that was interrupted. */
async function completeRun(
  into: string,
  seed: number,
  name: string,
  measurement: Measurement,
): Promise<Collected | null> {
  const folder = folderOf(into, seed, name);
  const text = await readFile(join(folder, 'result.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const result = resultSchema.parse(JSON.parse(text));
  requireMeasuredAs(result, { seed, ...measurement }, folder);
  const scenario = result.scenarios.find((candidate) => candidate.name === name);
  const { rounds } = result.provenance;
  const whole = scenario?.strategies.every(({ metrics }) => metrics['db.reads']?.values.length === rounds);
  return scenario === undefined || result.interrupted || whole !== true
    ? null
    : asRankedRun(result, scenario);
}

/** Two runs of one seed would agree for that reason alone, and two profiles differ for theirs. */
function requireMeasuredAs(
  { provenance: found }: Result,
  { seed, profile, rounds }: Measurement & { readonly seed: number },
  folder: string,
): void {
  const expected = { seed, profile, rounds: rounds ?? found.rounds };
  const told = (of: typeof expected) => `seed ${of.seed}, profile ${of.profile}, ${of.rounds} rounds`;
  if (told(found) === told(expected)) return;
  throw new Error(
    `${folder} holds ${told(found)}; expected ${told(expected)}. Use another folder with --into, or the same --profile and --rounds`,
  );
}

function asRankedRun({ provenance }: Result, { strategies, settings }: ScenarioResult): Collected {
  const { seed, git } = provenance;
  return {
    seed,
    reads: new Map(strategies.map(({ name, metrics }) => [name, metrics['db.reads']?.values ?? []])),
    settings: JSON.stringify(settings),
    revision: git === null ? 'unknown' : `${git.revision.slice(0, 10)}${git.dirty ? ' (changed)' : ''}`,
    doubtful: strategies.flatMap(({ name, verdict }) => (verdict === 'inconclusive' ? [name] : [])),
  };
}
