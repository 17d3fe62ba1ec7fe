import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { allMessages } from '../queue/counters.ts';
import { readAccount } from '../service/account-file.ts';
import { type RelayOptions, type RelayProcess, startRelay } from './process.ts';
import type { RelayReport } from './protocol.ts';

/**
 * One place of a relay: a process, and its successors when it is killed, which go on where it was. Its report is the
 * account of all of them together; the lags of those that were killed are lost with them.
 */
export interface RelayInstance extends RelayProcess {
  /** SIGKILL; resolves once the process was seen to end. */
  kill(): Promise<void>;
  /**
   * Starts another in the place of the killed one, and resolves once it takes part.
   *
   * @throws RelayLostError
   */
  restart(): Promise<void>;
}

/**
 * @param accounts A directory for the accounts of killed processes. `null`: it can't be killed.
 * @throws RelayLostError when the process ends before it takes part, with what it said.
 */
export async function startRelayInstance(
  options: RelayOptions,
  accounts: string | null,
): Promise<RelayInstance> {
  const ended: RelayReport[] = [];
  let disposed = false;
  let current = await startOne(options, accounts);
  let starting: Promise<void> = Promise.resolve();

  async function restart(): Promise<void> {
    const next = await startOne(options, accounts);
    if (disposed) return next.process[Symbol.asyncDispose]();
    current = next;
  }

  return {
    report: async () => together(await current.process.report(), ended),
    backlog: () => current.process.backlog(),
    lag: () => current.process.lag(),
    stormStarts: () => current.process.stormStarts(),
    hold: (barrier) => current.process.hold(barrier),
    release: () => current.process.release(),
    async kill() {
      if (current.accountFile === null) throw new Error('this relay was not started to be killed');
      await current.process[Symbol.asyncDispose]();
      ended.push(await readAccount<RelayReport>(current.accountFile));
    },
    async restart() {
      starting = restart();
      await starting;
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await starting.catch(() => undefined);
      await current.process[Symbol.asyncDispose]();
    },
  };
}

async function startOne(options: RelayOptions, accounts: string | null) {
  if (accounts === null) return { process: await startRelay(options), accountFile: null };
  const accountFile = join(accounts, `relay-account-${randomUUID()}.json`);
  const process = await startRelay({ ...options, config: { ...options.config, accountFile } });
  return { process, accountFile };
}

/** What is in hand, under way or followed right now is known of the living one. */
function together(living: RelayReport, ended: readonly RelayReport[]): RelayReport {
  const total = (pick: (report: RelayReport) => number) =>
    ended.reduce((sum, report) => sum + pick(report), pick(living));
  const { queue } = living;
  return {
    ...living,
    applied: total(({ applied }) => applied),
    dbReads: total(({ dbReads }) => dbReads),
    dbWrites: total(({ dbWrites }) => dbWrites),
    dbErrors: total(({ dbErrors }) => dbErrors),
    backgroundErrors: total(({ backgroundErrors }) => backgroundErrors),
    cpuUs: total(({ cpuUs }) => cpuUs),
    ...(queue === undefined
      ? {}
      : {
          queue: {
            ...allMessages([queue, ...ended.flatMap((report) => report.queue ?? [])]),
            // What the others had in hand is the broker's again.
            inHand: queue.inHand,
          },
        }),
  };
}
