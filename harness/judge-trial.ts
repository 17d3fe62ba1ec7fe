import { judgeHistory } from './analysis/history/judge.ts';
import type { TrialFindings } from './analysis/trial.ts';
import { triggersOf } from './analysis/triggers.ts';
import { SAMPLE_INTERVAL_MS } from './plan/generator-plan.ts';
import type { Plan } from './plan/plan.ts';
import { HistoryError } from './record/history/history-error.ts';
import { HistoryReader } from './record/history/history-reader.ts';
import type { RunDirectory } from './record/run-directory.ts';
import type { TrialSample } from './record/sample.ts';

/**
 * Reads what a trial left beside its sample, and judges it; one trial's files are in memory at a time.
 *
 * @throws HistoryError when a history is damaged, or not whole
 */
export async function judgeTrial(
  sample: TrialSample,
  plan: Plan,
  directory: RunDirectory,
): Promise<TrialFindings> {
  const { trial, audits, load } = sample;
  const planned = plan.scenarios.find(({ scenario }) => scenario.name === trial.scenario);
  if (audits === undefined || planned === undefined) return { consistency: null };
  using history = new HistoryReader(directory.historyPath(trial));
  // One that a crash or a copy has cut short may end between two operations, and would read as whole.
  if (load.operations !== undefined && history.count !== load.operations)
    throw new HistoryError(
      `${directory.historyPath(trial)}: expected ${load.operations} operations, found ${history.count}: it is not whole`,
    );
  const commits = await directory.readCommits(trial);
  const triggers = triggersOf(sample, planned.scenario).map(({ name, fromUs, toUs }) => ({
    name,
    fromMs: (fromUs - load.startedAtUs) / 1e3,
    toMs: (toUs - load.startedAtUs) / 1e3,
  }));
  const consistency = judgeHistory(
    { history, commits, audits },
    {
      round: trial.round,
      startedAtUs: load.startedAtUs,
      windowMs: SAMPLE_INTERVAL_MS,
      windows: load.windows.length,
      triggers,
    },
  );
  return { consistency };
}
