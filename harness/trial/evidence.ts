import { forPeople } from '../../infra/external/credentials.ts';
import type { LogPosition } from '../change-log/log-position.ts';
import { ChangeLogError } from '../change-log/log-reader.ts';
import { readTruth } from '../probes/ground-truth.ts';
import type { Audit } from '../record/audited-read.ts';
import { type Commits, CommitsRecorder } from '../record/commits.ts';
import { HistoryReader } from '../record/history/history-reader.ts';
import { writeIdOf } from '../record/history/write-ids.ts';
import type { Scenario } from '../scenario/schema.ts';
import { auditThrough } from './audit.ts';
import type { TrialSite } from './site.ts';

/** What the history of a storm is held against. */
export interface TrialEvidence {
  readonly audits: readonly [Audit, Audit];
  readonly commits: Commits;
}

/** The binary log does not have them any more, while the database is there: this trial can't be judged, others can. */
export interface LostEvidence {
  readonly lost: string;
}

export interface StormWritten {
  /** Where the binary log stood before the storm. */
  readonly from: LogPosition;
  readonly historyPath: string;
  /** Of the service instances. */
  readonly urls: readonly string[];
  readonly consistency: NonNullable<Scenario['consistency']>;
}

/**
 * Looks twice at every row that the storm asked for, once all is quiet, and reads back from the binary log what was
 * committed since its start. To be called when the relays have nothing left to do, and before the services end.
 *
 * @throws ProbeError when the binary log can't be read because the database is lost
 */
export async function gatherEvidence(
  { from, historyPath, urls, consistency }: StormWritten,
  site: Pick<TrialSite, 'clock' | 'signal' | 'commitLog' | 'probes'>,
): Promise<TrialEvidence | LostEvidence> {
  const { clock, signal, commitLog, probes } = site;
  using history = new HistoryReader(historyPath);
  await clock.sleep(consistency.quiesceMs, signal);
  const first = await auditThrough(urls, history.keys, site);
  await clock.sleep(consistency.againMs, signal);
  const second = await auditThrough(urls, history.keys, site);
  const recorder = new CommitsRecorder();
  try {
    await commitLog.committed(from, await commitLog.position(), ({ key, value, version }) =>
      recorder.add(key, writeIdOf(value), version),
    );
  } catch (error) {
    if (!(error instanceof ChangeLogError)) throw error;
    // A lost server says so here.
    await readTruth(probes);
    return { lost: forPeople(error.message) };
  }
  return { audits: [first, second], commits: recorder.commits() };
}
