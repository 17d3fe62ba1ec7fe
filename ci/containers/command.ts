/** Programs that these scripts run, each in a process group of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How much of what a program wrote stands in an error. */
const OUTPUT_KEPT = 4_000;

/** A program is not there, or did not end with code 0. */
export class CommandError extends Error {
  readonly code = 'E_COMMAND';
  override readonly name = 'CommandError';
}

export interface CommandOptions {
  /** @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Ends the program and its children with SIGTERM; it is waited for all the same. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the program wrote to stdout; its input is empty.
 *
 * @throws CommandError, or the signal's reason
 */
export async function output(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { env = process.env, signal } = options;
  signal?.throwIfAborted();
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let stdout = '';
  let both = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    both += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    both += text;
  });
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  const code = await closed.then(
    ([exitCode, exitSignal]: (number | string | null)[]) => exitCode ?? exitSignal,
    (error: Error) => error.message,
  );
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code === 0) return stdout;
  throw new CommandError(`${command.join(' ')} ended with ${code}\n${both.slice(-OUTPUT_KEPT)}`.trimEnd());
}

/** Whether the program is there and ends with code 0. */
export async function succeeds(command: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return output(command, options).then(
    () => true,
    () => false,
  );
}
