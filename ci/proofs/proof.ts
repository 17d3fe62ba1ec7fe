/** What proofs share: a directory, runs of the command in it, and an end that leaves nothing, an interrupt's too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The characters that are kept of what a run wrote. */
const KEPT = 10_000;

/** Where a run takes place, if not where the proof does. */
export interface Surroundings {
  readonly cwd?: string;
  /** Beside the proof's own variables. */
  readonly env?: NodeJS.ProcessEnv;
  /** The command line that starts the command with these arguments. @default the command is started itself */
  readonly by?: (args: readonly string[]) => readonly string[];
}

export interface Proof {
  /** The proof's own directory, empty at first. */
  readonly folder: string;
  /** Aborted by an interrupt: a wait that is no run's has to end by it. */
  readonly signal: AbortSignal;
  /** Starts the command with these arguments; its errors are shown. */
  start(args: readonly string[], surroundings?: Surroundings): ChildProcess;
  /**
   * Runs the command to its end.
   *
   * @throws the signal's reason when the proof was interrupted meanwhile
   */
  run(args: readonly string[], surroundings?: Surroundings): Promise<RunEnd>;
}

export interface RunEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  /** The end of what it wrote there. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Does the work of a proof, which says whether it held: exit code 0 or 1. SIGINT, SIGTERM and SIGHUP are handed on
 * to the run under way, whose own shutdown is waited for; then the directory is removed, and the exit code is 128
 * and the signal's number: 130, 143, 129.
 */
export async function prove(name: string, work: (proof: Proof) => Promise<boolean>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `proof-${name}-`));
  const interrupted = new AbortController();
  const running = new Map<ChildProcess, Promise<unknown>>();
  const spawned = (
    args: readonly string[],
    { cwd, env, by = (given) => [process.execPath, MAIN, ...given] }: Surroundings,
    stdio: readonly ['ignore' | 'pipe', 'ignore' | 'pipe', 'inherit' | 'pipe'],
  ): ChildProcess => {
    interrupted.signal.throwIfAborted();
    // A process group of its own: a terminal's Ctrl-C would reach it twice, and the second means "at once".
    const [program = '', ...rest] = by(args);
    const child = spawn(program, rest, {
      ...{ cwd, env: { ...process.env, ...env }, stdio: [...stdio] },
      detached: true,
    });
    running.set(
      child,
      once(child, 'close').finally(() => running.delete(child)),
    );
    return child;
  };
  const start = (args: readonly string[], surroundings: Surroundings = {}) =>
    // Who starts it has an input, as on a terminal.
    spawned(args, surroundings, [surroundings.by === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit']);
  const run = async (args: readonly string[], surroundings: Surroundings = {}): Promise<RunEnd> => {
    const child = spawned(args, surroundings, ['ignore', 'pipe', 'pipe']);
    const [stdout, stderr] = [endOf(child.stdout), endOf(child.stderr)];
    await running.get(child);
    interrupted.signal.throwIfAborted();
    return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
  };
  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    process.exitCode = 128 + constants.signals[signal];
    interrupted.abort(new Error(`interrupted by ${signal}`));
    for (const child of running.keys()) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const held = await work({ folder, signal: interrupted.signal, start, run });
    if (!interrupted.signal.aborted) process.exitCode = held ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    // A run that was interrupted already takes a second signal for "at once".
    if (!interrupted.signal.aborted) for (const child of running.keys()) child.kill('SIGTERM');
    await Promise.all(running.values());
    await rm(folder, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** Reads a stream, and hands out the end of what came. */
function endOf(stream: Readable | null): () => string {
  let kept = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT);
  });
  return () => kept;
}
