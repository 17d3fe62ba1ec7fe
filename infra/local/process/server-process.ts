import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { systemClock } from '../../../harness/time/clock.ts';
import { groupIsAlive, isStopped } from '../../guardian/processes.ts';

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Both output streams are appended here. */
  readonly logPath: string;
  /** Written to its standard input, which is then closed: for what must not be seen in `ps`. */
  readonly input?: string;
}

/** How a process ended: with a code or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A child in a process group of its own, so that a Ctrl-C in the terminal does not reach it and that one
 * signal reaches it with all its children. Its output goes to a file and never to a pipe of ours: a server
 * whose reader is gone or slow would block on its own log.
 */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  #exit: ProcessExit | undefined;
  #end: Promise<void> | undefined;

  /**
   * @param onProcess told the process group in the same turn of the event loop as it comes to be.
   * @throws Error when the file can't be run at all.
   */
  static async spawn(command: ServerCommand, onProcess: (group: number) => void): Promise<ServerProcess> {
    const log = await open(command.logPath, 'a', 0o600);
    try {
      const stdin = command.input === undefined ? 'ignore' : 'pipe';
      const child = spawn(command.file, [...command.args], {
        cwd: command.cwd,
        env: { ...command.env },
        stdio: [stdin, log.fd, log.fd],
        detached: true,
      });
      if (child.pid === undefined) throw await spawnFailure(child);
      onProcess(child.pid);
      // A child that dies before it has read everything breaks the pipe; its exit tells the story.
      child.stdin?.on('error', () => {});
      child.stdin?.end(command.input);
      return new ServerProcess(child, child.pid);
    } finally {
      await log.close();
    }
  }

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    // The guardian ends it if the harness leaves without a word: it need not keep the harness alive.
    child.unref();
  }

  /** Whether `end` was called: then its exit is no surprise. */
  get ending(): boolean {
    return this.#end !== undefined;
  }

  /** How it ended, or undefined while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** Signals the whole group; false when nobody is left in it. */
  signal(signal: NodeJS.Signals): boolean {
    try {
      return process.kill(-this.pid, signal);
    } catch {
      return false;
    }
  }

  /** Stops the group without ending it (SIGSTOP), and waits until it stands. */
  async stop(): Promise<void> {
    this.signal('SIGSTOP');
    const giveUpUs = systemClock.nowUs() + 2e6;
    while (!isStopped(this.pid) && this.#exit === undefined && systemClock.nowUs() < giveUpUs) {
      await systemClock.sleep(1);
    }
  }

  /** Ends the group at once (SIGKILL, which also ends a stopped process) and waits until nobody is left. */
  async end(): Promise<void> {
    this.#end ??= this.#endGroup();
    await this.#end;
  }

  async #endGroup(): Promise<void> {
    // Only once: while a child of the leader lives the group's id is not used anew, but after that a second
    // signal could hit a stranger.
    this.signal('SIGKILL');
    await waitReferenced(this.exited);
    const giveUpUs = systemClock.nowUs() + 2e6;
    while (groupIsAlive(this.pid) && systemClock.nowUs() < giveUpUs) await systemClock.sleep(2);
  }
}

/** Waits for a promise that holds nothing open itself: an unreferenced child would let the loop run dry. */
async function waitReferenced<T>(promise: Promise<T>): Promise<T> {
  const keepAlive = setInterval(() => {}, 1_000);
  try {
    return await promise;
  } finally {
    clearInterval(keepAlive);
  }
}

function spawnFailure(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => child.once('error', resolve));
}
