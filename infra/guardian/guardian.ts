import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Remains } from '../backend.ts';
import { GuardianError } from '../errors.ts';
import { RUN_VARIABLE } from './marker.ts';
import { sweepRun } from './sweep.ts';

export interface GuardianOptions {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly runId: string;
  /** The run's private directory; the guardian makes it and removes it. */
  readonly root: string;
  /** Told when the guardian ends before its time: from then on a `kill -9` of the harness leaves orphans. */
  readonly onLost?: () => void;
  /** How long it may take to clean up, in ms. One that was stopped never does: it is ended then. @default 60 s */
  readonly endsWithinMs?: number;
}

/**
 * A process beside the harness that outlives it: when the harness ends, even by `kill -9`, it ends every
 * process of the run, removes the run's directory, and what was entrusted to it. Disposing it does the same while
 * the harness lives.
 */
export interface Guardian extends AsyncDisposable {
  readonly pid: number;
  readonly root: string;
  /** Tells it of a process group of the run. On Linux it finds them by their marker even untold. */
  watch(processGroup: number): void;
  /** Has it remove what lies elsewhere, should nobody have called the returned function by then. */
  entrust(remains: Remains): () => void;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const READY_WITHIN_MS = 15_000;
const ENDS_WITHIN_MS = 60_000;

/**
 * Starts the guardian of one run and resolves when it is on guard and the root directory is made.
 *
 * @throws GuardianError when it does not come up, or the root directory can't be made.
 */
export async function startGuardian(options: GuardianOptions): Promise<Guardian> {
  const { runId, root } = options;
  if (!/^[\w.-]+$/.test(runId))
    throw new GuardianError(`run id ${JSON.stringify(runId)} can't name a directory`);
  // No marker of its own, as it would end itself; no NODE_OPTIONS, which may bring a debugger or a loader.
  const { [RUN_VARIABLE]: _marker, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, ['--no-warnings', MAIN, runId, root, String(process.pid)], {
    // Not the current directory, which it would keep from being unmounted.
    cwd: '/',
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
    // A session of its own: neither Ctrl-C nor the terminal's end reaches it.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.on('error', () => {});
  const answer = await firstLine(child);
  if (answer !== 'ready' || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new GuardianError(`the guardian of run ${runId} did not come up: ${answer}`);
  }
  // Its death must be seen, but it must not keep a finished harness from ending.
  child.stdout?.destroy();
  child.unref();
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();

  let entrusted = 0;
  let disposal: Promise<void> | undefined;
  child.once('exit', () => {
    if (disposal === undefined) options.onLost?.();
  });
  const dispose = async () => {
    child.ref();
    child.stdin?.end();
    const late = setTimeout(() => child.kill('SIGKILL'), options.endsWithinMs ?? ENDS_WITHIN_MS);
    await exited;
    clearTimeout(late);
    // Does nothing after a guardian that did its work, and its work after one that was killed.
    await sweepRun(runId, root);
  };
  return {
    pid: child.pid,
    root,
    watch(processGroup) {
      child.stdin?.write(`watch ${processGroup}\n`);
    },
    entrust(remains) {
      const id = ++entrusted;
      child.stdin?.write(`remains ${id} ${JSON.stringify(remains)}\n`);
      return () => child.stdin?.write(`removed ${id}\n`);
    },
    [Symbol.asyncDispose]() {
      disposal ??= dispose();
      return disposal;
    },
  };
}

/** Its one line on standard output, or why there is none. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => resolve(`no answer within ${READY_WITHIN_MS / 1e3} s`), READY_WITHIN_MS);
    const settle = (answer: string) => {
      clearTimeout(timer);
      resolve(answer);
    };
    child.once('error', (error) => settle(String(error)));
    child.once('exit', (code, signal) => settle(text.trim() || `it ended (${signal ?? `code ${code}`})`));
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) settle(text.trim());
    });
  });
}
