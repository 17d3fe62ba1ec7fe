import type { StrategyDefinition } from '../scenarios/strategies/definition.ts';
import { analyse } from './analysis/analyse.ts';
import type { TrialFindings } from './analysis/trial.ts';
import type { RunEvent, RunStarted } from './events.ts';
import { CachestormError } from './failure/cachestorm-error.ts';
import { judgeTrial } from './judge-trial.ts';
import type { Plan } from './plan/plan.ts';
import { RunDirectoryError } from './record/claim.ts';
import type { RunDirectory } from './record/run-directory.ts';
import type { TrialSample } from './record/sample.ts';
import { type Result, resultSchema, SCHEMA_VERSION } from './result/schema.ts';

/** What a run wrote down, whether it came to its end or not. */
export interface RecordedRun {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly samples: readonly TrialSample[];
  /** Where the files beside the samples are. */
  readonly directory: RunDirectory;
  /** The strategies of the plan, by name. */
  readonly definitions: ReadonlyMap<string, StrategyDefinition>;
}

export interface JudgedRun {
  readonly result: Result;
  /** Why trials that were finished are not judged: their files can't be read. `null` when all are. */
  readonly unread: CachestormError | null;
}

/**
 * Makes the result of what was written down. The same files give the same result, whenever and wherever that is: all
 * that it says of machine, program and servers was written down, too.
 *
 * @throws RunDirectoryError when the events do not say how the run began
 */
export async function judgeRun({
  plan,
  events,
  samples,
  directory,
  definitions,
}: RecordedRun): Promise<JudgedRun> {
  const start = startOf(events, directory);
  const findings = new Map<TrialSample, TrialFindings>();
  let unread: CachestormError | null = null;
  for (const sample of samples) {
    try {
      findings.set(sample, await judgeTrial(sample, plan, directory));
    } catch (error) {
      if (!(error instanceof CachestormError)) throw error;
      unread ??= error;
    }
  }
  const judged = samples.filter((sample) => findings.has(sample));
  const started = events.find((event) => event.type === 'stack-started');
  const result = resultSchema.parse({
    schemaVersion: SCHEMA_VERSION,
    runId: start.runId,
    interrupted: judged.length < plan.trials.length,
    provenance: {
      ...start.program,
      planHash: start.planHash,
      seed: plan.seed,
      profile: plan.profile,
      rounds: Math.max(...plan.scenarios.map(({ rounds }) => rounds)),
      command: start.command,
      startedAt: start.startedAt,
      finishedAt: finishedAt(start, events),
      infra: plan.infra,
      backends: started?.servers ?? [],
    },
    ...analyse(plan, judged, definitions, findings),
  } satisfies Result);
  return { result, unread };
}

function startOf([first]: readonly RunEvent[], { path }: RunDirectory): RunStarted {
  // Those of earlier versions say less.
  if (first?.type === 'run-started' && first.program !== undefined) return first;
  throw new RunDirectoryError(
    `${path}: expected a run of this version of cachestorm, found one of an earlier version`,
  );
}

/** When its last event happened, by the clock of its start. That it was judged is no part of a run. */
function finishedAt(start: RunStarted, events: readonly RunEvent[]): string {
  const last = events.findLast(({ type }) => type !== 'run-finished') ?? start;
  return new Date(Date.parse(start.startedAt) + (last.atUs - start.atUs) / 1000).toISOString();
}
