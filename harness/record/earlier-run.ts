import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { isLock } from './directory-lock.ts';
import { EVENTS, OUTCOME, PLAN, RESULT, SAMPLES, sampleFile, trialFiles, VOID } from './run-files.ts';
import { draftOf, isThere } from './storage.ts';

/** How every `events.jsonl` of ours begins. */
const startSchema = z.object({
  type: z.literal('run-started'),
  runId: z.string().regex(/^\d{8}t\d{6}-[0-9a-f]{8}$/),
  planHash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Enough of a plan to find its files. A name may not lead out of `samples/`: the plan may be that of an enemy. */
const fileName = z.string().regex(/^[^/\\]+$/);
const planSchema = z.looseObject({
  scenarios: z.array(z.unknown()),
  trials: z.array(z.looseObject({ index: z.int(), scenario: fileName, round: z.int(), strategy: fileName })),
});

/** What comes first in it. */
const START = '{"atUs":';

/** A run that an earlier command left in a directory. */
export interface EarlierRun {
  readonly runId: string;
  /** `null` where it was killed before it was written. */
  readonly plan: Plan | null;
  /** How many of its trials were finished. */
  readonly trials: number;
  readonly hasResult: boolean;
}

/** What a directory holds: a run of ours, something else (and some of its names), or nothing. */
export type Found = EarlierRun | { readonly names: readonly string[] } | null;

/**
 * Looks what a directory holds. A run of ours is known by its content: `events.jsonl` begins with the start of a run,
 * and `plan.json` is the very plan that this start names.
 */
export async function findEarlierRun(directory: string): Promise<Found> {
  const names = (await readdir(directory)).filter((name) => !isLock(name));
  if (names.length === 0) return null;
  if (!(await areOwnFiles(directory, [EVENTS, PLAN]))) return { names };
  if (await hasTornStart(directory, names)) return null;
  const start = await readStart(directory);
  if (start === null) return { names };
  const plan = await readPlan(directory, start.planHash);
  if (plan === undefined || !(await holdsOwn(directory, plan))) return { names };
  const trials = await Promise.all(
    (plan?.trials ?? []).map((trial) => isThere(join(directory, sampleFile(trial)))),
  );
  return {
    runId: start.runId,
    plan,
    trials: trials.filter(Boolean).length,
    hasResult: await isThere(join(directory, RESULT)),
  };
}

/**
 * Removes the files of an earlier run, and nothing else. A kill at any moment leaves what reads as that run with fewer
 * trials, or as none: first what is made of the samples goes, last what says which run it was.
 */
export async function removeEarlierRun(directory: string, { plan }: EarlierRun): Promise<void> {
  const removeFile = (file: string) => rm(join(directory, file), { force: true });
  const remove = (files: readonly string[]) =>
    Promise.all(files.flatMap((file) => [removeFile(file), removeFile(draftOf(file))]));
  await remove(OUTCOME);
  if (plan !== null) await remove(trialFiles(plan));
  // A folder that holds files of somebody else stays with them.
  for (const folder of [VOID, SAMPLES]) await rmdir(join(directory, folder)).catch(() => undefined);
  await remove([PLAN]);
}

/** Whether there is nothing but the beginning of a first event: a run was killed, or had a full disk, before its end. */
async function hasTornStart(directory: string, names: readonly string[]): Promise<boolean> {
  if (names.length !== 1 || names[0] !== EVENTS) return false;
  const text = await readFile(join(directory, EVENTS), 'utf8').catch(() => null);
  if (text === null || text.includes('\n')) return false;
  return text.startsWith(START) || START.startsWith(text);
}

async function readStart(directory: string): Promise<z.infer<typeof startSchema> | null> {
  const text = await readFile(join(directory, EVENTS), 'utf8').catch(() => '');
  return startSchema.safeParse(parsed(text.split('\n', 1)[0] ?? '')).data ?? null;
}

/** @returns `null` where there is none, `undefined` where there is another one */
async function readPlan(directory: string, hash: string): Promise<Plan | null | undefined> {
  const path = join(directory, PLAN);
  if (!(await isThere(path))) return null;
  // Known by its hash: what was asked for, to the letter.
  const plan = parsed(await readFile(path, 'utf8').catch(() => ''));
  if (!planSchema.safeParse(plan).success) return undefined;
  return planHash(plan as Plan) === hash ? (plan as Plan) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether folders and files of a run are what a run makes, or are not there. */
async function holdsOwn(directory: string, plan: Plan | null): Promise<boolean> {
  for (const folder of [SAMPLES, VOID]) {
    if (!(await absentOr(join(directory, folder), (found) => found.isDirectory()))) return false;
  }
  return areOwnFiles(directory, [...OUTCOME, ...(plan === null ? [] : trialFiles(plan))]);
}

async function areOwnFiles(directory: string, files: readonly string[]): Promise<boolean> {
  const own = await Promise.all(
    files.map((file) => absentOr(join(directory, file), (found) => found.isFile())),
  );
  return own.every(Boolean);
}

/** A link would lead what is written or removed somewhere else; a pipe would be waited for, for ever. */
async function absentOr(path: string, fits: (found: Stats) => boolean): Promise<boolean> {
  return lstat(path).then(fits, () => true);
}
