import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readAccount } from './account-file.ts';

/** One place of the run: a process, and its successors there when it is killed. Disposing it ends the living one. */
export interface Succession<Living, Account> extends AsyncDisposable {
  readonly living: Living;
  /** What those that were killed had written down last. */
  readonly ended: readonly Account[];
  /** SIGKILL; resolves once the process was seen to end. */
  kill(): Promise<void>;
  /**
   * Starts another in the place of the killed one, and resolves once it is ready.
   *
   * @throws what `start` throws
   */
  restart(): Promise<void>;
}

/**
 * @param start Starts a process, and resolves once it is ready. If it may be killed, it is to keep its account in a file.
 * @param accounts A directory for the accounts of killed processes. `null`: it can't be killed.
 */
export async function startSuccession<Living extends AsyncDisposable, Account>(
  start: (account: { readonly accountFile?: string }) => Promise<Living>,
  accounts: string | null,
): Promise<Succession<Living, Account>> {
  const ended: Account[] = [];
  let disposed = false;
  let current = await startOne();
  let starting: Promise<void> = Promise.resolve();

  async function startOne() {
    if (accounts === null) return { process: await start({}), accountFile: null };
    const accountFile = join(accounts, `account-${randomUUID()}.json`);
    return { process: await start({ accountFile }), accountFile };
  }

  async function succeed(): Promise<void> {
    const next = await startOne();
    if (disposed) return next.process[Symbol.asyncDispose]();
    current = next;
  }

  return {
    get living() {
      return current.process;
    },
    ended,
    async kill() {
      if (current.accountFile === null) throw new Error('this process was not started to be killed');
      await current.process[Symbol.asyncDispose]();
      ended.push(await readAccount<Account>(current.accountFile));
    },
    async restart() {
      starting = succeed();
      await starting;
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await starting.catch(() => undefined);
      await current.process[Symbol.asyncDispose]();
    },
  };
}
