import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  /** Standard output and error, when they were captured; else empty. */
  readonly output: string;
}

/**
 * Runs a command to its end, whatever signals we get meanwhile: half an installation helps nobody.
 *
 * @param how `show` passes its output on to our standard error, `capture` returns it.
 * @returns code 127 when it can't be run at all.
 */
export function runCommand(command: readonly string[], how: 'show' | 'capture'): Promise<CommandResult> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const stdio = how === 'show' ? (['ignore', 2, 2] as const) : (['ignore', 'pipe', 'pipe'] as const);
    const child = spawn(file, args, { stdio: [...stdio] });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 127, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

export async function succeeds(command: readonly string[]): Promise<boolean> {
  return (await runCommand(command, 'capture')).code === 0;
}
