/** What the files of a run are called. Nothing else in its directory is ever read or removed. */
import { join } from 'node:path';
import type { Plan, Trial } from '../plan/plan.ts';
import { trialName } from './sample.ts';

export const PLAN = 'plan.json';
export const EVENTS = 'events.jsonl';
export const RESULT = 'result.json';
/** What is made of the samples. */
export const OUTCOME = [RESULT, 'report.html', 'summary.md'] as const;
export const SAMPLES = 'samples';
export const VOID = join(SAMPLES, 'void');

export type OutcomeName = (typeof OUTCOME)[number];

export function sampleFile(trial: Trial): string {
  return join(SAMPLES, `${trialName(trial)}.json`);
}

export function voidSampleFile(trial: Trial): string {
  return join(VOID, `${trialName(trial)}.json`);
}

export function historyFile(trial: Trial): string {
  return join(SAMPLES, `${trialName(trial)}.history`);
}

export function commitsFile(trial: Trial): string {
  return join(SAMPLES, `${trialName(trial)}.commits.json`);
}

/** Every file that the trials of a plan may have left. */
export function trialFiles({ trials }: Plan): string[] {
  const filesOf = [sampleFile, commitsFile, historyFile, voidSampleFile];
  return trials.flatMap((trial) => filesOf.map((fileOf) => fileOf(trial)));
}
