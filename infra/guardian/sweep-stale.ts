import { lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTimeOf } from './processes.ts';
import { isInCharge, ROOT_PREFIX, readRootRecord } from './root.ts';
import { sweepRun } from './sweep.ts';

export interface Swept {
  /** Ids of the runs that nothing is left of now. */
  readonly swept: readonly string[];
  /** Why others could not be swept. */
  readonly failures: readonly unknown[];
}

/**
 * Ends and removes what runs have left whose harness and guardian were both killed: every process with the
 * run's marker, its containers, then the run's directory. Never touches a run that somebody is in charge of, nor a directory
 * that does not say whose it was, nor another user's.
 *
 * What can't be swept, such as when its engine does not answer, keeps none of the others.
 */
export async function sweepStale(directory: string = tmpdir()): Promise<Swept> {
  const swept: string[] = [];
  const failures: unknown[] = [];
  for (const name of readdirSync(directory)) {
    const root = join(directory, name);
    if (!name.startsWith(ROOT_PREFIX) || !isOurDirectory(root)) continue;
    const runId = staleRunOf(root, name.slice(ROOT_PREFIX.length));
    if (runId === undefined) continue;
    try {
      await sweepRun(runId, root);
      swept.push(runId);
    } catch (error) {
      failures.push(error);
    }
  }
  return { swept, failures };
}

/** The run that left `root` behind, or undefined when it is live or nothing shows that it is a run's at all. */
function staleRunOf(root: string, name: string): string | undefined {
  // A draft is left by a guardian that was killed within its first millisecond.
  const [, runId, maker] = DRAFT.exec(name) ?? [];
  if (runId !== undefined) return startTimeOf(Number(maker)) === undefined ? runId : undefined;
  // Others use our prefix in the temporary directory too: without a record it is not ours to remove.
  const record = readRootRecord(root);
  return record?.runId === name && !isInCharge(record) ? name : undefined;
}

const DRAFT = /^([\w.-]+)\.draft-(\d+)$/;

/** The temporary directory is everybody's: a link or another user's folder with our name is not ours. */
function isOurDirectory(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}
