import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PlannedScenario, PlannedStrategy, Trial } from '../plan/plan.ts';
import type { DatabaseCounters, DatabaseProbe } from '../probes/database.ts';
import type { RelayName, RelaysSample } from '../record/relay-sample.ts';
import { isIdle, lookAt, type RelayLook } from '../relay/idle.ts';
import { type RelayInstance, startRelayInstance } from '../relay/instance.ts';
import { countOvertaken } from '../relay/overtaken.ts';
import type { RelayReport } from '../relay/protocol.ts';
import type { TrialSite } from './site.ts';
import { allStarted, sharedConfig, sharedSite } from './strategy-processes.ts';

/** How long relays may have something to do without anything moving. */
const STALL_MS = 15_000;
const LOOK_MS = 10;

/** The relays of a trial. */
export interface TrialRelays {
  readonly instances: readonly RelayInstance[];
  /** Who they are, in the same order. */
  readonly names: readonly RelayName[];
}

export interface SettledRelays {
  readonly reports: readonly RelayReport[];
  /** Statements of their user, as the database has counted them since its start; heartbeats are among them. */
  readonly statements: DatabaseCounters;
  /** Whether everything was carried on; if not, nothing moved any more for 15 s. */
  readonly idle: boolean;
  /** When that was seen, monotonic microseconds. */
  readonly atUs: number;
}

/**
 * Starts the strategy's relays, all at once, and resolves when all take part. To be called before the services start:
 * what they write is to find its relay.
 *
 * @throws RelayLostError
 */
export async function startRelays(
  trial: Trial,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
  cleanUp: AsyncDisposableStack,
): Promise<TrialRelays> {
  const { scenario } = planned;
  const names = (strategy.relays ?? []).flatMap(({ name, processes }) =>
    Array.from({ length: processes }, (_, index) => ({ relay: name, index })),
  );
  const shared = { ...sharedSite(planned, strategy, site), databaseUrl: site.relays.databaseUrl };
  const starting = names.map(async ({ relay, index }, n) => {
    const config = {
      ...sharedConfig(planned, strategy, site),
      relay,
      index,
      stepDelayMs: scenario.relays.stepDelayMs,
      seed: trial.seed + scenario.service.instances + n,
      positionFile: join(site.folder, `position-${randomUUID()}.json`),
    };
    return cleanUp.use(await startRelayInstance({ ...shared, config }));
  });
  return { instances: await allStarted(starting), names };
}

type SettleSite = Pick<TrialSite, 'clock' | 'signal' | 'commitLog'> & {
  readonly relays: { readonly statements: Pick<DatabaseProbe, 'read'> };
};

/**
 * Waits until the relays have carried on all that was written before: queues and outbox empty, everything
 * acknowledged, the binary log followed to where it ends now. When nothing moves for 15 s they are left as they are.
 *
 * @returns `null` for a strategy without relays
 */
export async function settleRelays(
  { instances }: { readonly instances: readonly Pick<RelayInstance, 'report' | 'backlog'>[] },
  { clock, signal, commitLog, relays }: SettleSite,
): Promise<SettledRelays | null> {
  if (instances.length === 0) return null;
  const until = await commitLog.position();
  let before = await lookAt(instances);
  let movedAtUs = clock.nowUs();
  for (;;) {
    await clock.sleep(LOOK_MS, signal);
    const now = await lookAt(instances);
    const atUs = clock.nowUs();
    const idle = isIdle(before, now, until);
    if (idle || atUs - movedAtUs > STALL_MS * 1000) {
      return { reports: now.reports, statements: await relays.statements.read(), idle, atUs };
    }
    if (hasMoved(before, now)) movedAtUs = atUs;
    before = now;
  }
}

function hasMoved(before: RelayLook, now: RelayLook): boolean {
  return JSON.stringify(progressOf(before)) !== JSON.stringify(progressOf(now));
}

/** Without what grows while nothing is done: a heartbeat moves the log's position on. */
function progressOf({ reports, backlogs }: RelayLook): unknown {
  return [
    backlogs,
    reports.map(({ applied, dbWrites, queue, log }) => [applied, dbWrites, queue, log?.waiting]),
  ];
}

export async function sampleRelays(
  {
    instances,
    names,
  }: { readonly instances: readonly Pick<RelayInstance, 'lag'>[] } & Pick<TrialRelays, 'names'>,
  before: SettledRelays,
  after: SettledRelays,
): Promise<RelaysSample> {
  const lags = await Promise.all(instances.map((instance) => instance.lag()));
  return {
    processes: names.map((name, n) => {
      const [first, last, lag] = [before.reports[n], after.reports[n], lags[n]?.lag];
      if (first === undefined || last === undefined || lag === undefined)
        throw new Error('a relay gave no account of itself');
      return { ...name, before: first, after: last, lag };
    }),
    overtaken: countOvertaken(lags.flatMap(({ changes }) => changes)),
    statements: { before: before.statements, after: after.statements },
    idle: after.idle,
    settledAtUs: after.atUs,
  };
}
