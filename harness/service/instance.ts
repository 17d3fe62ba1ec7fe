import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { allMessages } from '../queue/counters.ts';
import { readAccount } from './account-file.ts';
import { type ServiceOptions, type ServiceProcess, startService } from './process.ts';
import type { ServiceReport } from './protocol.ts';

/**
 * One place of a service: a process at an address, and its successors there when it is killed. Its report is the
 * account of all of them together.
 */
export interface ServiceInstance extends ServiceProcess {
  /** SIGKILL; resolves once the process was seen to end. */
  kill(): Promise<void>;
  /**
   * Starts another process where the killed one was, and resolves once it listens.
   *
   * @throws ServiceLostError
   */
  restart(): Promise<void>;
}

/** What an instance needs to outlive its process. */
export interface Afterlife {
  /**
   * The port that it has from the first process to the last: none of those that the kernel gives to outgoing
   * connections, for while nobody listens a client of the load could be given it.
   */
  readonly port: number;
  /** Where accounts are kept that a killed process can't give any more: a directory of this run's own. */
  readonly accounts: string;
}

/**
 * @param afterlife `null`: it can't be killed.
 * @throws ServiceLostError when the process ends before it listens, with what it said.
 */
export async function startInstance(
  options: ServiceOptions,
  afterlife: Afterlife | null,
): Promise<ServiceInstance> {
  const ended: ServiceReport[] = [];
  let disposed = false;
  let current = await startOne(options, afterlife);
  let starting: Promise<void> = Promise.resolve();

  async function restart(): Promise<void> {
    const next = await startOne(options, afterlife);
    if (disposed) return next.process[Symbol.asyncDispose]();
    // What it does to get going is no stall under load.
    next.process.stormStarts();
    current = next;
  }

  return {
    url: current.process.url,
    report: async () => together(await current.process.report(), ended),
    memory: () => current.process.memory(),
    preload: () => current.process.preload(),
    abandon: () => current.process.abandon(),
    stormStarts: () => current.process.stormStarts(),
    hold: (barrier) => current.process.hold(barrier),
    release: () => current.process.release(),
    async kill() {
      if (current.accountFile === null) throw new Error('this instance was not started to be killed');
      await current.process[Symbol.asyncDispose]();
      ended.push(await readAccount<ServiceReport>(current.accountFile));
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

async function startOne(options: ServiceOptions, afterlife: Afterlife | null) {
  if (afterlife === null) return { process: await startService(options), accountFile: null };
  const { port, accounts } = afterlife;
  const accountFile = join(accounts, `account-${randomUUID()}.json`);
  const process = await startService({ ...options, port, config: { ...options.config, accountFile } });
  return { process, accountFile };
}

/** Nobody is left to wait for the loads of those that ended; what the event loop did is known of the living one. */
function together(living: ServiceReport, ended: readonly ServiceReport[]): ServiceReport {
  const all = [living, ...ended];
  const total = (pick: (report: ServiceReport) => number) => all.reduce((sum, one) => sum + pick(one), 0);
  const { askedByFamily, counters, queue } = living;
  return {
    ...living,
    dbReads: total(({ dbReads }) => dbReads),
    dbWrites: total(({ dbWrites }) => dbWrites),
    dbErrors: total(({ dbErrors }) => dbErrors),
    slowestLoadMs: Math.max(...all.map(({ slowestLoadMs }) => slowestLoadMs)),
    totalLoadMs: total(({ totalLoadMs }) => totalLoadMs),
    backgroundErrors: total((report) => report.backgroundErrors),
    cpuUs: total(({ cpuUs }) => cpuUs),
    ...(askedByFamily === undefined
      ? {}
      : { askedByFamily: added(all.map((report) => report.askedByFamily ?? {})) }),
    ...(queue === undefined ? {} : { queue: allMessages(all.flatMap((report) => report.queue ?? [])) }),
    ...(counters === undefined ? {} : { counters: added(all.map((report) => ({ ...report.counters }))) }),
  };
}

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of all.flatMap((one) => Object.entries(one)))
    sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
