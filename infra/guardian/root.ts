// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from './processes.ts';

/** The file in a run's root that says who is in charge of it. */
export const ROOT_RECORD = 'guardian.json';
/** Every root directory of every run is called this and its run id. */
export const ROOT_PREFIX = 'cachestorm-';

interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** The guardian and the harness of a run. Either of them alive makes it a live run. */
export interface RootRecord {
  readonly runId: string;
  readonly guardian: ProcessIdentity;
  readonly harness: ProcessIdentity;
}

/**
 * Makes a run's root directory, readable by us only, with the record already in it when it appears: a sweep
 * of another run must never see one that nobody seems to be in charge of.
 *
 * @throws when there is one already that is not empty.
 */
export function claimRoot(root: string, runId: string, guardianPid: number, harnessPid: number): void {
  const draft = `${root}.draft-${guardianPid}`;
  mkdirSync(draft, { mode: 0o700 });
  const record: RootRecord = { runId, guardian: identityOf(guardianPid), harness: identityOf(harnessPid) };
  try {
    writeFileSync(join(draft, ROOT_RECORD), `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(draft, root);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** The record in a root directory, or undefined when there is none that can be read. */
export function readRootRecord(root: string): RootRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(root, ROOT_RECORD), 'utf8')) as Partial<RootRecord>;
    const { runId, guardian, harness } = record;
    return runId === undefined || guardian === undefined || harness === undefined
      ? undefined
      : { runId, guardian, harness };
  } catch {
    return undefined;
  }
}

/** Whether somebody is still in charge of a run. */
export function isInCharge(record: RootRecord): boolean {
  return [record.guardian, record.harness].some(({ pid, startTime }) => startTimeOf(pid) === startTime);
}

function identityOf(pid: number): ProcessIdentity {
  // A harness that is dead already has no start time: the guardian alone is in charge then.
  return { pid, startTime: startTimeOf(pid) ?? 'unknown' };
}
