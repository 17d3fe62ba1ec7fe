import { randomBytes } from 'node:crypto';
import { forPeople } from '../infra/external/credentials.ts';
import type { Provider } from '../infra/provider.ts';
import { type Stack, type StackEvent, startStack } from '../infra/stack.ts';
import { expiryOf, type StrategyDefinition } from '../scenarios/strategies/definition.ts';
import { readTrial } from './analysis/trial.ts';
import { worthRepeating } from './analysis/warning-catalogue.ts';
import { trialWarnings } from './analysis/warnings.ts';
import { definitionsOf } from './catalog/contest.ts';
import { type EventLog, eventLog } from './event-log.ts';
import { mishapOf, type RunEvent } from './events.ts';
import { CachestormError } from './failure/cachestorm-error.ts';
import { firstOf } from './failure/first-of.ts';
import { judgeRun } from './judge-run.ts';
import { neededServers } from './needed-servers.ts';
import { planHash } from './plan/hash.ts';
import {
  type Contest,
  expandPlan,
  type Plan,
  type PlannedScenario,
  type PlanOptions,
  type Trial,
} from './plan/plan.ts';
import type { RunDirectory } from './record/run-directory.ts';
import type { TrialSample } from './record/sample.ts';
import { SampleShelf } from './record/sample-shelf.ts';
import { programProvenance } from './result/provenance.ts';
import type { Result } from './result/schema.ts';
import { serverName } from './result/server-name.ts';
import type { Scenario } from './scenario/schema.ts';
import type { Clock } from './time/clock.ts';
import { needsOf } from './trial/needs.ts';
import { openSite } from './trial/open-site.ts';
import { seedDataset } from './trial/seed-dataset.ts';
import type { TrialSite } from './trial/site.ts';
import { runTrial } from './trial/trial.ts';
import { unlessAborted } from './trial/unless-aborted.ts';

export interface RunOptions extends Omit<PlanOptions, 'infra'> {
  readonly provider: Provider;
  /** Why this provider, when the user named none. @default null */
  readonly because?: string | null;
  readonly contests: readonly Contest[];
  readonly directory: RunDirectory;
  /** As the user typed it, for the provenance. */
  readonly command: string;
  readonly clock: Clock;
  /** Aborted to interrupt the run: the trial under way is dropped, the finished ones are judged. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface RunOutcome {
  readonly result: Result;
  /** What ended the run before its plan was done, other than an interruption. */
  readonly error: unknown;
}

/**
 * A run, from scenarios to a result, which the caller writes:
 *
 * 1. expand scenario x strategy x round to a plan, and write it before anything starts;
 * 2. start the servers, in parallel, under a guardian that ends them whatever happens to us;
 * 3. for each scenario seed the dataset, then run its trials one after the other, writing each down;
 * 4. stop the servers;
 * 5. judge what was measured, even if the run was interrupted or something failed on the way.
 *
 * Every step is an event in `events.jsonl` and to `onEvent`. An earlier run in the directory is replaced once the
 * servers are up; until then plan and events wait in memory.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { directory, clock, signal } = options;
  const startedAtMs = clock.wallMs();
  const definitions = definitionsOf(options.contests);
  const plan = expandPlan(options.contests, { ...options, infra: options.provider.name });
  const runId = newRunId(startedAtMs);
  const events = eventLog(options);
  const samples = new SampleShelf();
  events.emit({
    type: 'run-started',
    ...{ runId, planHash: planHash(plan), trials: plan.trials.length },
    startedAt: new Date(startedAtMs).toISOString(),
    command: options.command,
    program: await programProvenance(),
  });
  let error: unknown = null;
  try {
    await events.flush();
    await directory.writePlan(plan);
    await runStorm({ ...options, plan, runId, definitions, events, samples });
    events.emit({ type: 'stack-stopped' });
    await events.flush();
  } catch (thrown) {
    const cause = firstOf(thrown);
    if (signal.aborted) events.emit({ type: 'interrupted', reason: messageOf(signal.reason) });
    else {
      error = cause;
      events.emit({ type: 'failed', code: codeOf(cause), message: messageOf(cause) });
    }
  }
  const { result, unread } = await judgeRun({
    ...{ plan, definitions, directory },
    events: events.all,
    samples: samples.all(),
  });
  error ??= unread;
  events.emit({ type: 'run-finished', verdict: result.verdict });
  try {
    await events.flush();
  } catch (lost) {
    // What ended the run says more than what came of it.
    error ??= lost;
  }
  return { result, error };
}

/** A run whose plan is written. */
interface RunUnderWay extends RunOptions {
  readonly plan: Plan;
  readonly runId: string;
  /** The strategies of the plan, by name. */
  readonly definitions: ReadonlyMap<string, StrategyDefinition>;
  readonly events: EventLog;
  readonly samples: SampleShelf;
}

/** Steps 2 to 4. */
async function runStorm(run: RunUnderWay): Promise<void> {
  const { plan, runId, provider, clock, signal, events } = run;
  const startedUs = clock.nowUs();
  const needed = neededServers(plan);
  events.emit({
    ...{ type: 'stack-starting', backends: needed },
    ...{ infra: provider.name, because: run.because ?? null },
  });
  const needs = needsOf(plan, run.definitions);
  const backends = needed.map((kind) => provider.backend(kind, needs));
  const onEvent = (event: StackEvent) => {
    const mishap = mishapOf(event);
    if (mishap !== null) events.emit(mishap);
  };
  await using stack = await startStack({ runId, signal, backends, onEvent });
  events.emit({
    type: 'stack-started',
    backends: stack.backends.map(serverName),
    servers: stack.backends.map(({ kind, product, version, topology }) => ({
      ...{ kind, product, version },
      ...(topology === undefined ? {} : { topology }),
    })),
    tookMs: (clock.nowUs() - startedUs) / 1000,
  });
  await events.flush();
  await run.directory.replaceEarlier();
  try {
    await runTrials(stack, run);
  } catch (error) {
    // Where a server is lost to the run, that is why whatever else has failed.
    await unlessAborted(stack.confirm(), signal);
    throw error;
  }
}

/** Step 3. */
async function runTrials(stack: Stack, run: RunUnderWay): Promise<void> {
  const { plan, events } = run;
  await using cleanUp = new AsyncDisposableStack();
  const site = await openSite(stack, run.clock, cleanUp);
  for (const planned of plan.scenarios) {
    const { name, dataset } = planned.scenario;
    await site.confirm();
    await seed(planned.scenario, site, events);
    events.emit({ type: 'dataset-seeded', scenario: name, rows: dataset.rows });
    for (const trial of plan.trials.filter(({ scenario }) => scenario === name)) {
      site.signal.throwIfAborted();
      // A trial that can't be written down is not worth its time.
      await events.flush();
      await runAndRecord(trial, planned, site, run);
    }
  }
}

async function runAndRecord(
  trial: Trial,
  planned: PlannedScenario,
  site: TrialSite,
  { clock, directory, definitions, events, samples }: RunUnderWay,
): Promise<void> {
  const { emit } = events;
  const startedUs = clock.nowUs();
  emit({ type: 'trial-started', trial, stormMs: planned.stormMs });
  const writes = planned.scenario.streams.some(({ operation }) => operation === 'write');
  const attempt = async () => {
    await site.confirm();
    // Rows that an earlier trial wrote would be there already.
    if (writes) await seed(planned.scenario, site, events);
    const recorded = await runTrial(trial, planned, site, {
      historyPath: directory.historyDraft(trial),
      onWarmedUp: ({ tookMs, steady }) => emit({ type: 'warmed-up', trial, tookMs, steady }),
      onStormStarted: (startedAtUs) => emit({ type: 'storm-started', trial, startedAtUs }),
    });
    // What a server that is lost did not carry on is no finding about the strategy.
    await site.confirm();
    return recorded;
  };
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => directory.dropHistoryDraft(trial));
  let { sample, commits } = await attempt();
  const reasons = reasonsToRepeat(sample, planned, definitions);
  if (reasons.length > 0) {
    emit({ type: 'trial-voided', trial, reasons });
    await directory.writeVoidSample(sample);
    // Once only: a second void try says that this machine can't tell, and the analysis says so.
    const again = await attempt();
    sample = { ...again.sample, voided: reasons };
    commits = again.commits;
  }
  samples.add(sample);
  // Before the sample: what has one is whole.
  if (commits !== null) {
    await directory.keepHistory(trial);
    await directory.writeCommits(trial, commits);
  }
  await directory.writeSample(sample);
  const dbReads = sample.after.dbReads - sample.before.dbReads;
  emit({ type: 'trial-finished', trial, dbReads, tookMs: (clock.nowUs() - startedUs) / 1000 });
}

function seed(scenario: Scenario, site: TrialSite, { emit }: Pick<EventLog, 'emit'>): Promise<void> {
  return seedDataset(scenario, site, (rows) =>
    emit({ type: 'dataset-growing', scenario: scenario.name, rows, of: scenario.dataset.rows }),
  );
}

/** Returns what makes a trial's numbers doubtful and may not happen again. */
function reasonsToRepeat(
  sample: TrialSample,
  planned: PlannedScenario,
  definitions: RunUnderWay['definitions'],
): string[] {
  const definition = definitions.get(sample.trial.strategy);
  if (definition === undefined)
    throw new Error(`no definition of strategy ${sample.trial.strategy} was given`);
  const reading = readTrial(sample, planned, expiryOf(definition));
  return trialWarnings(reading, planned)
    .filter(worthRepeating)
    .map(({ message }) => message);
}

/** Sorts by time; unique even for two runs of the same second. */
function newRunId(startedAtMs: number): string {
  const stamp = new Date(startedAtMs).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return `${stamp}-${randomBytes(4).toString('hex')}`;
}

/** A lost process is quoted, and may have quoted an address. */
function messageOf(error: unknown): string {
  return forPeople(error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string {
  return error instanceof CachestormError ? error.code : 'E_BUG';
}
